import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { statsDocument } from '../../../src-core/contract/queue-documents.ts';
import { environmentName, settingPaths } from '../../../src-core/settings/load.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { faultsOf } from './kubernetes-schemas.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const FOLDER = resolve(PROJECT, 'resources/kubernetes');
const read = (path: string): string => readFileSync(resolve(FOLDER, path), 'utf8');

type Labels = Record<string, string>;
interface Entry {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string } };
}
interface Container {
  image: string;
  args?: string[];
  env?: Entry[];
  ports?: { name: string }[];
  startupProbe: object;
  livenessProbe: object;
  securityContext: object;
  resources: { requests: Labels; limits: Labels };
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}
interface Pod {
  containers: [Container];
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
  terminationGracePeriodSeconds: number;
  [other: string]: unknown;
}
interface Trigger {
  metadata: { url: string; valueLocation: string; authMode: string };
  name: string;
  authenticationRef: { name: string };
}
interface Document {
  kind: string;
  metadata: { name: string; labels: Labels; namespace?: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: {
    template?: { metadata: { labels: Labels }; spec: Pod };
    selector?: { matchLabels?: Labels } & Labels;
    volumeClaimTemplates?: { metadata: { name: string } }[];
    [other: string]: unknown;
  };
}

const documentsOf = (file: string): Document[] =>
  parseAllDocuments(read(file), { merge: true }).map((document) => document.toJS() as Document);

const kustomization = parse(read('kustomization.yaml')) as { namespace: string; resources: string[]; images: object[] };
const documents = kustomization.resources.flatMap(documentsOf);
const [secret] = documentsOf('secret.example.yaml');
const of = (kind: string): Document[] => documents.filter((document) => document.kind === kind);
const named = (kind: string, name: string): Document => of(kind).find(({ metadata }) => metadata.name === name)!;
const workloads = [...of('Deployment'), ...of('StatefulSet')];
const podOf = ({ spec }: Document): Pod => spec.template!.spec;
const ours = of('Deployment');

it('is what the schemas of Kubernetes and KEDA allow, without a field that they do not know', () => {
  const faults = [...documents, secret!].map((document) => [document.metadata.name, faultsOf(document)]);
  expect(faults.filter(([, found]) => found!.length > 0)).toEqual([]);

  const spoilt = structuredClone(named('Deployment', 'imagefleet-api'));
  Object.assign(podOf(spoilt).containers[0], { livenessProb: {} });
  expect(faultsOf(spoilt)).toEqual([expect.stringContaining('livenessProb is not a field')]);
  Object.assign(podOf(spoilt), { terminationGracePeriodSeconds: 'long' });
  expect(faultsOf(spoilt)).toEqual([expect.stringContaining('terminationGracePeriodSeconds must be integer')]);
  const scaled = structuredClone(named('ScaledObject', 'imagefleet-worker'));
  Object.assign(scaled.spec, { minReplicas: 0 });
  expect(faultsOf(scaled)).toEqual([expect.stringContaining('minReplicas is not a field')]);
});

it('names every file but the example of a secret, and the namespace once', () => {
  const files = readdirSync(FOLDER).filter((name) => !['kustomization.yaml', 'secret.example.yaml'].includes(name));
  expect(kustomization.resources).toEqual(files.toSorted());
  expect(documents.filter(({ metadata }) => metadata.namespace !== undefined)).toEqual([]);
  expect(kustomization).toMatchObject({ namespace: 'imagefleet', images: [{ name: 'imagefleet' }] });
});

it('lets every selector find its pods, and every claim its volume', () => {
  for (const { spec } of workloads) expect(spec.template!.metadata.labels).toEqual(spec.selector!.matchLabels);
  const labels = workloads.map(({ spec }) => spec.template!.metadata.labels);
  for (const { spec } of of('Service')) expect(labels).toContainEqual(spec.selector);
  for (const { spec } of of('PodDisruptionBudget')) expect(labels).toContainEqual(spec.selector!.matchLabels);

  const claims = new Set(of('PersistentVolumeClaim').map(({ metadata }) => metadata.name));
  for (const workload of workloads) {
    const { volumes = [], containers } = podOf(workload);
    const made = workload.spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name) ?? [];
    const mounted = new Set(containers[0].volumeMounts.map(({ name }) => name));
    expect(mounted).toEqual(new Set([...made, ...volumes.map(({ name }) => name)]));
    const claimed = volumes.flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
    expect(claimed.filter((name) => !claims.has(name))).toEqual([]);
  }
});

it('runs nothing as root, with nothing that it could write but its volumes, and bounds its memory', () => {
  for (const workload of workloads) {
    const pod = podOf(workload);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      // The service imagefleet-api would else make a variable IMAGEFLEET_API_PORT.
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          image: expect.stringMatching(/^imagefleet$|:v?\d+\.\d+/),
          startupProbe: expect.any(Object),
          livenessProbe: expect.any(Object),
          resources: {
            requests: { cpu: expect.any(String), memory: expect.any(String) },
            limits: { memory: expect.any(String) },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
  }
  expect(podOf(named('StatefulSet', 'imagefleet-qdrant')).containers[0].image).toMatch(/:v1\.16\.3-/);
});

it('shows server and workers the same pictures, which they cannot change', () => {
  const mounts = ours.map((workload) =>
    podOf(workload).containers[0].volumeMounts.find(({ mountPath }) => mountPath === '/pictures'),
  );
  expect(mounts).toEqual(ours.map(() => ({ name: 'pictures', mountPath: '/pictures', readOnly: true })));
});

it('sets what the program knows, and takes secrets from where the example has them', () => {
  const known = new Set([
    ...settingPaths().map(([path]) => environmentName(path)),
    'REDIS_URL',
    'QDRANT_URL',
    'QDRANT_API_KEY',
    'IMAGEFLEET_TOKEN',
    'IMAGEFLEET_READ_ONLY_TOKEN',
  ]);
  const entries = ours.flatMap((workload) => podOf(workload).containers[0].env ?? []);
  const names = [...entries.map(({ name }) => name), ...Object.keys(named('ConfigMap', 'imagefleet').data!)];
  const unknown = new Set(names.filter((name) => !known.has(name)));
  // These are only put into other values.
  expect(unknown).toEqual(new Set(['POD_NAMESPACE', 'NODE_NAME', 'REDIS_PASSWORD']));

  const everywhere = workloads.flatMap((workload) => podOf(workload).containers[0].env ?? []);
  const references = everywhere.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
  for (const { name, key } of references)
    expect([name, Object.keys(secret!.stringData!)]).toEqual(['imagefleet', expect.arrayContaining([key])]);
  expect(new Set([...references.map(({ key }) => key), 'read-only-token'])).toEqual(
    new Set(Object.keys(secret!.stringData!)),
  );
});

it('gives a worker longer to drain than the program takes, and scales it nowhere else', () => {
  const { fleet } = settingsSchema.parse({});
  for (const workload of ours)
    expect(podOf(workload).terminationGracePeriodSeconds * 1_000).toBeGreaterThan(fleet.drainMs + 10_000);
  expect(named('Deployment', 'imagefleet-worker').spec).not.toHaveProperty('replicas');
  expect(named('Deployment', 'imagefleet-api').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
});

it('asks the server for numbers that it has, under a name that it answers to, with a token that may only look', () => {
  const { spec } = named('ScaledObject', 'imagefleet-worker') as unknown as {
    spec: {
      triggers: Trigger[];
      minReplicaCount: number;
      scaleTargetRef: { name: string };
      advanced: { scalingModifiers: { formula: string } };
    };
  };
  expect(spec).toMatchObject({ minReplicaCount: 0, scaleTargetRef: { name: 'imagefleet-worker' } });
  expect(spec.advanced.scalingModifiers.formula.split(' + ')).toEqual(spec.triggers.map(({ name }) => name));

  const answer = z.toJSONSchema(statsDocument) as z.core.JSONSchema.JSONSchema;
  for (const { metadata, name } of spec.triggers) {
    expect(metadata).toMatchObject({ authMode: 'bearer', valueLocation: `counts.${name}` });
    const field = answer.properties!.counts as z.core.JSONSchema.JSONSchema;
    expect((field.propertyNames as { enum: string[] }).enum).toContain(name);
    const { hostname, port, pathname } = new URL(metadata.url);
    const [service, namespace, ...rest] = hostname.split('.');
    expect({ namespace, rest, pathname }).toEqual({
      namespace: kustomization.namespace,
      rest: ['svc'],
      pathname: '/queue/stats',
    });
    expect(named('Service', service!).spec.ports).toMatchObject([{ port: Number(port) }]);
    expect(podOf(named('Deployment', 'imagefleet-api')).containers[0].args).toContain(
      `--allowed-host=${service}.$(POD_NAMESPACE).svc`,
    );
  }
  const [reference] = spec.triggers.map(({ authenticationRef }) => authenticationRef.name);
  expect(named('TriggerAuthentication', reference!).spec.secretTargetRef).toEqual([
    { parameter: 'token', name: 'imagefleet', key: 'read-only-token' },
  ]);
});

it('lets nobody but server and workers call queue and store', () => {
  expect(named('NetworkPolicy', 'imagefleet').spec).toEqual({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'imagefleet' } },
    policyTypes: ['Ingress'],
  });
  const open = of('NetworkPolicy').filter(({ spec }) => spec.ingress !== undefined);
  expect(open.map(({ metadata }) => metadata.name)).toEqual(['imagefleet-api', 'imagefleet-backends']);
  const ports = new Set(
    open.flatMap(({ spec }) =>
      (spec.ingress as { ports: { port: string }[] }[]).flatMap((rule) => rule.ports.map(({ port }) => port)),
    ),
  );
  expect(ports).toEqual(
    new Set(workloads.flatMap((workload) => podOf(workload).containers[0].ports ?? []).map(({ name }) => name)),
  );
});
