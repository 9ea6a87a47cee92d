import type { Schemas } from '@qdrant/js-client-rest';
import type { Connection } from './connection.ts';
import { statusOf } from './errors.ts';

/** Makes the collection unless it is there, as it may be by another process's doing. */
export async function ensureCollection(
  connection: Connection,
  name: string,
  config: Schemas['CreateCollection'],
): Promise<void> {
  const { exists } = await connection.send(name, (client) => client.collectionExists(name));
  if (exists) return;
  try {
    await connection.send(name, (client) => client.createCollection(name, config));
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
}
