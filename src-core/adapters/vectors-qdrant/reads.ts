import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import type { StoredImage, VectorStore } from '../../ports/vector-store.ts';
import type { Connection } from './connection.ts';
import { hasId, type QdrantFilter, toConditions } from './filter.ts';
import { chunksOf, pointIds } from './ids.ts';
import type { Place, Places } from './places.ts';
import { READ_STORED, toStored } from './points.ts';

type Verbs = Pick<VectorStore, 'get' | 'findByHash' | 'count' | 'scroll' | 'delete'>;

export const pageSize = z.number().int().min(1).max(1_000);

/** Points that are asked for in one request. */
const PAGE = 1_000;

export function createReads(connection: Connection, places: Places): Verbs {
  return {
    get(catalogId, imageIds) {
      return places.within(catalogId, ({ alias }) => readStored(connection, alias, imageIds));
    },

    findByHash(catalogId, contentHashes, model) {
      return places.within(catalogId, ({ alias }) => readByHash(connection, alias, contentHashes, model));
    },

    async count(catalogId, filter) {
      const must = toConditions(filter);
      return places.within(catalogId, (place) => countWhere(connection, place, { must }));
    },

    async scroll(catalogId, limit, after, filter) {
      parseOrThrow(pageSize, limit, 'limit');
      const must = toConditions(filter);
      const offset = after === undefined ? undefined : parseOrThrow(z.guid(), after, 'after');
      return places.within(catalogId, async ({ alias }) => {
        // A page of the server's begins with what is asked for, if it is there.
        const page = await connection.send(alias, (client) =>
          client.scroll(alias, {
            filter: { must },
            limit: limit + 1,
            ...(offset === undefined ? {} : { offset }),
            ...READ_STORED,
          }),
        );
        return page.points
          .filter(({ id }) => id !== after)
          .slice(0, limit)
          .map(toStored);
      });
    },

    async delete(catalogId, which) {
      if ('imageIds' in which) return places.within(catalogId, (place) => deleteIds(connection, place, which.imageIds));
      const must = toConditions(which.filter);
      if (must.length === 0) throw new AppError('INVALID_INPUT', 'a delete needs a filter that is not empty');
      return places.within(catalogId, (place) => deleteWhere(connection, place, { must }));
    },
  };
}

/** Those that are there. */
export async function readStored(
  connection: Connection,
  alias: string,
  imageIds: readonly string[],
): Promise<StoredImage[]> {
  const images: StoredImage[] = [];
  for (const ids of chunksOf(pointIds(imageIds), PAGE)) {
    const found = await connection.send(alias, (client) => client.retrieve(alias, { ids, ...READ_STORED }));
    images.push(...found.map(toStored));
  }
  return images;
}

/** At most one per hash. */
export async function readByHash(
  connection: Connection,
  alias: string,
  contentHashes: readonly string[],
  model: string,
): Promise<StoredImage[]> {
  const found = new Map<string, StoredImage>();
  let missing = [...new Set(contentHashes)];
  // However many pictures have the same bytes: each page has at least one that was missing.
  while (missing.length > 0) {
    const must = [
      { key: 'contentHash', match: { any: missing } },
      { key: 'model', match: { value: model } },
    ];
    const limit = Math.min(PAGE, 2 * missing.length);
    const page = await connection.send(alias, (client) =>
      client.scroll(alias, { filter: { must }, limit, ...READ_STORED }),
    );
    for (const image of page.points.map(toStored)) found.set(image.record.contentHash, image);
    missing = page.points.length < limit ? [] : missing.filter((hash) => !found.has(hash));
  }
  return [...found.values()];
}

async function countWhere(connection: Connection, { alias }: Place, filter: QdrantFilter): Promise<number> {
  const { count } = await connection.send(alias, (client) => client.count(alias, { filter, exact: true }));
  return count;
}

async function deleteIds(connection: Connection, place: Place, imageIds: readonly string[]): Promise<number> {
  let count = 0;
  // An empty list of ids would be an error.
  for (const ids of chunksOf(pointIds(imageIds), PAGE)) {
    count += await deleteWhere(connection, place, { must: [hasId(ids)] });
  }
  return count;
}

/** The filter must have a condition: an empty one would delete everything, which no server asks about twice. */
async function deleteWhere(
  connection: Connection,
  place: Place,
  filter: QdrantFilter & { must: object[] },
): Promise<number> {
  if (filter.must.length === 0) throw new RangeError('a delete without a condition');
  const count = await countWhere(connection, place, filter);
  if (count > 0) await connection.send(place.alias, (client) => client.delete(place.alias, { wait: true, filter }));
  return count;
}
