import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { catalog } from '../../domain/catalog.ts';
import { uuidV5 } from '../../domain/identity.ts';
import type { Connection } from './connection.ts';
import { ensureCollection } from './ensure-collection.ts';
import type { QdrantFilter } from './filter.ts';
import { catalogNames, madeName, registryName } from './names.ts';
import { createSuccessionLog, type SuccessionLog } from './succession-log.ts';
import { writeNew } from './write-new.ts';

/** A catalog under one name. There are two of one catalog only while it is renamed, and the newer holds. */
const entry = catalog.extend({
  kind: z.literal('catalog'),
  alias: madeName,
  collection: madeName,
  /** How often it was renamed. */
  generation: z.number().int(),
  /** `new` until its collection is all there; `dropped` until it is all gone. */
  state: z.enum(['new', 'ready', 'dropped']),
});
export type Entry = z.infer<typeof entry>;

/**
 * The list of catalogs, in the server: any machine may change it at any time, and die half way. A name is a point whose
 * id is made of the name, and a point is only ever written where there is none, so of two that want a name one gets it.
 */
export interface Registry {
  readonly prefix: string;
  /** Made by whoever came first. */
  readonly storeId: string;
  /** Catalogs that go over to another model. */
  readonly successions: SuccessionLog;
  /** Of every catalog its newest entry; what somebody left half done is finished first. */
  entries(): Promise<Entry[]>;
  /** What the name belongs to from now on; that is `wanted` only if nothing had it. */
  claim(wanted: Entry): Promise<Entry>;
  /** A new catalog's entry, not claimed yet. */
  draft(catalog: { name: string; model: string; dimension: number; id?: string }): Entry;
  /** Under all its names; nothing where there is none. What is dropped stays so. */
  mark(catalogId: string, state: 'ready' | 'dropped'): Promise<void>;
  /** Where its pictures are from now on, under all its names. */
  point(catalogId: string, to: Pick<Entry, 'alias' | 'collection' | 'model' | 'dimension'>): Promise<void>;
  /** Takes this name from it. */
  forget(entry: Entry): Promise<void>;
}

const NAMESPACE = 'b3c9a3c4-2f0f-4b0e-9a55-0d2f5d5f6a11';
const STORE_POINT = uuidV5(NAMESPACE, 'store');
const PAGE = 256;

export async function openRegistry(connection: Connection, prefix: string): Promise<Registry> {
  const name = registryName(prefix);
  // A point without a vector is not something that every version takes.
  await ensureCollection(connection, name, { vectors: { size: 1, distance: 'Dot' } });

  function send<T>(request: Parameters<typeof connection.send<T>>[1]): Promise<T> {
    return connection.send(name, request);
  }

  async function readEntries(): Promise<Entry[]> {
    const found: Entry[] = [];
    const filter = { must: [{ key: 'kind', match: { value: 'catalog' } }] };
    for (let offset: string | number | undefined; ;) {
      const page = await send((client) =>
        client.scroll(name, { filter, limit: PAGE, with_payload: true, ...(offset === undefined ? {} : { offset }) }),
      );
      found.push(...page.points.map(({ payload }) => toEntry(payload)));
      if (typeof page.next_page_offset !== 'string' && typeof page.next_page_offset !== 'number') return found;
      offset = page.next_page_offset;
    }
  }

  async function forget({ id, name: catalogName, generation }: Entry): Promise<void> {
    const filter: QdrantFilter = {
      must: [
        { has_id: [namePoint(catalogName)] },
        { key: 'id', match: { value: id } },
        { key: 'generation', match: { value: generation } },
      ],
    };
    await send((client) => client.delete(name, { wait: true, filter }));
  }

  /** The collections first: once the entry is gone nobody would know of them. */
  async function finishDrop(entry: Entry): Promise<void> {
    const succession = await successions.get(entry.id);
    const others = succession ? [succession.old.collection, succession.next.collection] : [];
    for (const collection of new Set([...others, entry.collection])) {
      await connection.send(collection, (client) => client.deleteCollection(collection));
    }
    if (succession) await successions.forget(succession);
    await forget(entry);
  }

  /** Under all its names; what is dropped stays so. */
  async function change(catalogId: string, payload: Partial<Entry>): Promise<void> {
    const filter: QdrantFilter = {
      must: [{ key: 'id', match: { value: catalogId } }],
      must_not: [{ key: 'state', match: { value: 'dropped' } }],
    };
    await send((client) => client.setPayload(name, { wait: true, payload, filter }));
  }

  const successions = createSuccessionLog(connection, name);
  const store = z.object({ storeId: z.uuid() });
  const { storeId } = store.parse(
    await writeNew(connection, name, STORE_POINT, { kind: 'store', storeId: randomUUID() }),
  );

  return {
    prefix,
    storeId,
    successions,
    forget,

    async entries() {
      const newest = new Map<string, Entry>();
      const old: Entry[] = [];
      for (const entry of (await readEntries()).toSorted(byAge)) {
        const before = newest.get(entry.id);
        if (before) old.push(before);
        // A catalog that was dropped under one of its names is dropped.
        newest.set(entry.id, before?.state === 'dropped' ? { ...entry, state: 'dropped' } : entry);
      }
      const all = [...newest.values()];
      for (const entry of all) if (entry.state === 'dropped') await finishDrop(entry);
      // After the drops: an old name may be the only one that says so.
      for (const entry of old) await forget(entry);
      return all.filter(({ state }) => state !== 'dropped');
    },

    draft({ id = randomUUID(), name, model, dimension }) {
      const catalog = { id, name, model, dimension, createdAt: Date.now() };
      return { kind: 'catalog', ...catalog, ...catalogNames(prefix, { name, model }), generation: 0, state: 'new' };
    },

    async claim(wanted) {
      return toEntry(await writeNew(connection, name, namePoint(wanted.name), wanted));
    },

    mark: (catalogId, state) => change(catalogId, { state }),
    point: change,
  };

  function toEntry(payload: unknown): Entry {
    return parseOrThrow(entry, payload, `Qdrant at ${connection.url}, collection ${name}`, 'STORE_REFUSED');
  }
}

function namePoint(catalogName: string): string {
  return uuidV5(NAMESPACE, `name:${catalogName}`);
}

/** Older ones first; of two renamed at the same time the order is at least the same for everybody. */
function byAge(a: Entry, b: Entry): number {
  return a.generation - b.generation || (a.name < b.name ? -1 : 1);
}
