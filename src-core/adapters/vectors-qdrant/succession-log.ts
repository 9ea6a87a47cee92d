import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { catalogName } from '../../domain/catalog.ts';
import { uuidV5 } from '../../domain/identity.ts';
import type { Connection } from './connection.ts';
import { madeName } from './names.ts';
import { writeNew } from './write-new.ts';

const model = z.object({ model: z.string(), dimension: z.number().int().positive(), collection: madeName });

/** A catalog on its way to another model: what it has, and what it will have. */
const entry = z.object({
  kind: z.literal('succession'),
  catalogId: z.uuid(),
  /** Names this way, in the points that have gone it; the id of the catalog that the old vectors become. */
  token: z.uuid(),
  startedAt: z.number(),
  old: model.extend({ alias: madeName, keptAlias: madeName }),
  next: model.extend({ alias: madeName }),
  /**
   * `new` until the next collection is all there; `switched`: the catalog has it, and what is left is done to its
   * end; `cancelled` and `arrived` until the collection that is of no use any more is gone.
   */
  state: z.enum(['new', 'running', 'switched', 'cancelled', 'arrived']),
  /** Once it has switched: how the old vectors go on, if they do. */
  keepAs: catalogName.optional(),
});
export type SuccessionEntry = z.infer<typeof entry>;

/** In the list of catalogs, a point for each catalog that is on its way; of two that begin one gets it. */
export interface SuccessionLog {
  get(catalogId: string): Promise<SuccessionEntry | null>;
  /** What the catalog is on from now on; that is `wanted` only if there was none. */
  claim(wanted: SuccessionEntry): Promise<SuccessionEntry>;
  set(which: SuccessionEntry, change: Partial<Pick<SuccessionEntry, 'state' | 'keepAs'>>): Promise<void>;
  forget(which: SuccessionEntry): Promise<void>;
}

const NAMESPACE = '0d0fb6f5-7c0c-4cf6-8a0e-4a9c3f8f2b67';

const pointOf = (catalogId: string): string => uuidV5(NAMESPACE, `succession:${catalogId}`);

const thisOne = ({ catalogId, token }: SuccessionEntry) => ({
  must: [{ has_id: [pointOf(catalogId)] }, { key: 'token', match: { value: token } }],
});

export function createSuccessionLog(connection: Connection, list: string): SuccessionLog {
  const parse = (payload: unknown): SuccessionEntry =>
    parseOrThrow(entry, payload, `Qdrant at ${connection.url}, collection ${list}`, 'STORE_REFUSED');

  return {
    async get(catalogId) {
      const ids = [pointOf(catalogId)];
      const [found] = await connection.send(list, (client) => client.retrieve(list, { ids, with_payload: true }));
      return found ? parse(found.payload) : null;
    },

    claim: async (wanted) => parse(await writeNew(connection, list, pointOf(wanted.catalogId), wanted)),

    async set(which, change) {
      await connection.send(list, (client) =>
        client.setPayload(list, { wait: true, payload: change, filter: thisOne(which) }),
      );
    },

    async forget(which) {
      await connection.send(list, (client) => client.delete(list, { wait: true, filter: thisOne(which) }));
    },
  };
}
