import { randomUUID } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import {
  openQdrantVectors,
  type QdrantOptions,
} from '../../../../src-core/adapters/vectors-qdrant/open-qdrant-vectors.ts';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { type QdrantDouble, startQdrantDouble } from '../../../support/qdrant-double/start.ts';

export interface Server {
  url: string;
  apiKey: string | null;
}

/** The server of QDRANT_URL (with QDRANT_API_KEY), else a double of this file's own. To be read within tests. */
export function serverOfFile(): { readonly server: Server } {
  const real = process.env['QDRANT_URL'];
  if (real) return { server: { url: real, apiKey: process.env['QDRANT_API_KEY'] ?? null } };
  const doubled = doubleOfFile();
  return {
    get server() {
      return { url: doubled.double.url, apiKey: null };
    },
  };
}

/** A double of this file's own; it is without faults when a test begins. */
export function doubleOfFile(): { readonly double: QdrantDouble } {
  let double: QdrantDouble | undefined;
  beforeAll(async () => {
    double = await startQdrantDouble();
  });
  afterAll(() => double?.stop());
  return {
    get double() {
      return double!;
    },
  };
}

/** A new store on the server; all its collections are removed when the test ends. */
export function newPrefix(server: Server): string {
  const prefix = `test-${randomUUID().slice(0, 8)}`;
  onTestFinished(() => removeCollections(server, prefix));
  return prefix;
}

export async function openStore(server: Server, changes: Partial<QdrantOptions> = {}): Promise<VectorStore> {
  const store = await openQdrantVectors({
    ...server,
    timeoutMs: 10_000,
    quantization: 'int8',
    onDisk: false,
    prefix: changes.prefix ?? newPrefix(server),
    ...changes,
  });
  onTestFinished(() => store.close());
  return store;
}

/** To look behind the store's back. */
export function clientOf({ url, apiKey }: Server): QdrantClient {
  return new QdrantClient({
    url,
    checkCompatibility: false,
    ...(apiKey ? { headers: { 'api-key': apiKey } } : {}),
  });
}

async function removeCollections(server: Server, prefix: string): Promise<void> {
  const client = clientOf(server);
  const { collections } = await client.getCollections();
  for (const { name } of collections) if (name.startsWith(`${prefix}-`)) await client.deleteCollection(name);
}
