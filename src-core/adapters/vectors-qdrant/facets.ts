import { parseOrThrow } from '../../domain/app-error.ts';
import { isMetadata } from '../../domain/check-filter.ts';
import { FILTER_FIELDS, type FilterField } from '../../domain/search.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Connection } from './connection.ts';
import { decodeFact, factPath } from './facts.ts';
import { type QdrantFilter, toConditions } from './filter.ts';
import type { Place, Places } from './places.ts';
import { pageSize } from './reads.ts';

type Facets = Awaited<ReturnType<VectorStore['facets']>>;

const PAGE = 5_000;

export function createFacets(connection: Connection, places: Places): Pick<VectorStore, 'facets'> {
  /** Keys of collections whose index is there. */
  const indexed = new Set<string>();

  /** The server counts only what has an index. Making one again does nothing. */
  async function ensureIndex({ collection }: Place, key: string): Promise<void> {
    const known = `${collection} ${key}`;
    if (indexed.has(known)) return;
    await connection.send(collection, (client) =>
      client.createPayloadIndex(collection, { wait: true, field_name: key, field_schema: 'keyword' }),
    );
    indexed.add(known);
  }

  async function countTexts(place: Place, key: string, limit: number, filter: QdrantFilter): Promise<Facets> {
    await ensureIndex(place, key);
    const { alias } = place;
    const { hits } = await connection.send(alias, (client) => client.facet(alias, { key, limit, filter, exact: true }));
    return hits;
  }

  return {
    async facets(catalogId, field, limit, filter) {
      parseOrThrow(pageSize, limit, 'limit');
      const must = toConditions(filter);
      return places.within(catalogId, async (place) => {
        if (isMetadata(field)) {
          const key = factPath(field.slice('metadata.'.length), 'values');
          const hits = await countTexts(place, key, limit, { must });
          return hits.map(({ value, count }) => ({ value: decodeFact(String(value)), count }));
        }
        if (FILTER_FIELDS[field] === 'number') return countNumbers(connection, place, field, limit, { must });
        return countTexts(place, field, limit, { must });
      });
    },
  };
}

/** The server counts no fractions, so all that pass are read: seconds for a large catalog. */
async function countNumbers(
  connection: Connection,
  { alias }: Place,
  field: FilterField,
  limit: number,
  filter: QdrantFilter,
): Promise<Facets> {
  const counts = new Map<number, number>();
  for (let offset: string | number | undefined; ;) {
    const page = await connection.send(alias, (client) =>
      client.scroll(alias, {
        filter,
        limit: PAGE,
        with_payload: [field, 'mtime'],
        ...(offset === undefined ? {} : { offset }),
      }),
    );
    for (const { payload } of page.points) {
      const value = field === 'mtimeMs' ? (payload?.['mtime'] ?? payload?.[field]) : payload?.[field];
      if (value !== undefined && value !== null) counts.set(Number(value), (counts.get(Number(value)) ?? 0) + 1);
    }
    const next = page.next_page_offset;
    if (typeof next !== 'string' && typeof next !== 'number') break;
    offset = next;
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, limit);
}
