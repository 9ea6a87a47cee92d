import type { Connection } from './connection.ts';
import { NOTHING } from './filter.ts';

/** A point of a list of ours, written only where there is none; answers the payload of what is there. */
export async function writeNew(
  connection: Connection,
  collection: string,
  id: string,
  payload: Record<string, unknown>,
): Promise<unknown> {
  await connection.send(collection, (client) =>
    client.upsert(collection, {
      wait: true,
      points: [{ id, vector: [1], payload }],
      update_filter: { must: [NOTHING] },
    }),
  );
  const [found] = await connection.send(collection, (client) =>
    client.retrieve(collection, { ids: [id], with_payload: true }),
  );
  return found?.payload;
}
