import { parseOrThrow } from '../../domain/app-error.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Logger } from '../../telemetry/log.ts';
import { createCatalogs } from './catalogs.ts';
import { checkVersion } from './check-version.ts';
import { createConnection } from './connection.ts';
import { createFacets } from './facets.ts';
import { namePrefix } from './names.ts';
import { createPairs } from './pairs.ts';
import { createPlaces } from './places.ts';
import { createReads } from './reads.ts';
import { openRegistry } from './registry.ts';
import { createSearch } from './search.ts';
import { createSetPayload } from './set-payload.ts';
import { createSuccessions } from './successions.ts';
import { createUpsert } from './upsert.ts';
import { createWordsSearch } from './words-search.ts';

export interface QdrantOptions {
  /** `http(s)://host[:port][/path]`; without a port it is 6333. */
  url: string;
  apiKey?: string | null;
  /** Of one request, with all that is tried again. */
  timeoutMs: number;
  /** `int8` keeps a quarter of the vectors' size in memory and rescores what it finds by the float vectors. */
  quantization: 'int8' | 'none';
  /** Float vectors and the indexes of words stay on disk. Both of these hold for collections made from now on. */
  onDisk: boolean;
  /** Begins the name of every collection; stores with different prefixes know nothing of each other. */
  prefix?: string;
  log?: Logger;
}

/**
 * The vector store on a Qdrant server (≥ 1.16), for any number of machines. Each catalog is a collection of its own
 * behind an alias; which there are, and the store's own id, is in one small collection more (registry.ts).
 *
 * A delete leaves nothing that a late, older write could be compared with: such a write would bring the picture back.
 * Throws STORE_UNAVAILABLE, STORE_REFUSED (a wrong key), INVALID_SETTINGS.
 */
export async function openQdrantVectors(options: QdrantOptions): Promise<VectorStore> {
  const prefix = parseOrThrow(namePrefix, options.prefix ?? 'imagefleet', 'store.prefix', 'INVALID_SETTINGS');
  const connection = createConnection(options);
  await checkVersion(connection, options.log);
  const registry = await openRegistry(connection, prefix);
  const places = createPlaces(connection, registry, options);
  return {
    fingerprint: `qdrant:${registry.storeId}`,
    ...createCatalogs(connection, registry, places),
    successions: createSuccessions(connection, registry, places, options),
    ...createUpsert(connection, places),
    ...createSetPayload(connection, places),
    ...createReads(connection, places),
    // What Qdrant tells of its disk is always 0 (1.16), and the sizes of its segments are estimates of their contents.
    usedBytes: async () => null,
    ...createFacets(connection, places),
    ...createSearch(connection, places, options.quantization),
    ...createPairs(connection, places, options.quantization),
    ...createWordsSearch(connection, places),
    // The client keeps no timer and no socket that would hold a process: there is nothing to close.
    async close() {},
  };
}
