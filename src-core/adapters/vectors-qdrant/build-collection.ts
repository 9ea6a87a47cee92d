import type { Schemas } from '@qdrant/js-client-rest';
import type { Connection } from './connection.ts';
import { ensureCollection } from './ensure-collection.ts';
import type { Entry } from './registry.ts';

export interface BuildOptions {
  quantization: 'int8' | 'none';
  onDisk: boolean;
}

/** The sparse vector beside the unnamed one of the picture. */
export const WORDS = 'words';

/** Fields that are asked for all the time; others get an index when their values are first counted (facets.ts). */
const INDEXES: Record<string, 'keyword' | 'integer' | 'float'> = {
  productId: 'keyword',
  sourceId: 'keyword',
  importId: 'keyword',
  contentHash: 'keyword',
  format: 'keyword',
  keywords: 'keyword',
  folders: 'keyword',
  capturedAt: 'float',
  missingSince: 'float',
};

/** Makes the collection of a catalog, its indexes and at last its alias; what is there already stays. */
export async function buildCollection(connection: Connection, entry: Entry, options: BuildOptions): Promise<void> {
  const { collection, alias } = entry;
  await ensureCollection(connection, collection, collectionConfig(entry, options));
  const words: Schemas['PayloadFieldSchema'] = { type: 'integer', lookup: true, range: false, on_disk: options.onDisk };
  for (const [field_name, field_schema] of [...Object.entries(INDEXES), ['words', words] as const]) {
    await connection.send(collection, (client) =>
      client.createPayloadIndex(collection, { wait: true, field_name, field_schema }),
    );
  }
  // One action a request: of several, those before a bad one would be done.
  const action = { create_alias: { collection_name: collection, alias_name: alias } };
  await connection.send(collection, (client) => client.updateCollectionAliases({ actions: [action] }));
}

function collectionConfig(entry: Entry, { quantization, onDisk }: BuildOptions): Schemas['CreateCollection'] {
  return {
    vectors: { size: entry.dimension, distance: 'Cosine', on_disk: onDisk },
    sparse_vectors: { [WORDS]: { modifier: 'idf', index: { on_disk: onDisk } } },
    ...(quantization === 'int8' ? { quantization_config: { scalar: { type: 'int8', always_ram: true } } } : {}),
    metadata: { model: entry.model, catalogId: entry.id },
  };
}
