import { ScaledObject, TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, PersistentVolumeClaim, Secret, Service } from 'kubernetes-models/v1';

interface Kind {
  apiVersion: string;
  kind: string;
  /** `validate` throws what is wrong. */
  new (document: object): { validate(): void };
}

const KINDS = [
  ConfigMap,
  Deployment,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ScaledObject,
  Secret,
  Service,
  StatefulSet,
  TriggerAuthentication,
] as unknown as Kind[];

/**
 * What is wrong with a document of Kubernetes or KEDA, by the schemas of their APIs. These let fields pass that they do
 * not know, which an API server refuses or drops; so a field that its validator never looked at is wrong too.
 */
export function faultsOf(document: object): string[] {
  const { apiVersion, kind } = document as { apiVersion: string; kind: string };
  const Known = KINDS.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (!Known) return [`no schema for ${apiVersion} ${kind}`];
  const unread = new Set<string>();
  const model = new Known(document);
  // Only now, for the constructor reads every field.
  for (const [key, value] of Object.entries(document)) Object.assign(model, { [key]: watch(value, key, unread) });
  try {
    model.validate();
  } catch (error) {
    return [(error as Error).message];
  }
  return [...unread].map((path) => `${path} is not a field of ${kind}`);
}

/** The same value, which takes each field out of `unread` when that is read. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const at = (key: string): string => `${path}.${key}`;
  for (const key of Object.keys(value)) unread.add(at(key));
  const children = Object.entries(value).map(([key, child]) => [key, watch(child, at(key), unread)] as const);
  const copy = Array.isArray(value) ? children.map(([, child]) => child) : Object.fromEntries(children);
  return new Proxy(copy, {
    get(target, key, receiver) {
      if (typeof key === 'string') unread.delete(at(key));
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}
