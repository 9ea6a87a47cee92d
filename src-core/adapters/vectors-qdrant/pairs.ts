import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import { leastScore, MOST_ALIKE, type PairPicture, type PairsPage } from '../../domain/duplicates.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Connection } from './connection.ts';
import { hasId } from './filter.ts';
import type { Places } from './places.ts';
import { rescoring } from './search.ts';

/** Points that are asked about in one request. */
const PAGE = 64;
/** A score that equals the least one asked for may come out a little under it. */
const FLOAT_ERROR = 1e-6;

const READ_PICTURE = ['imageId', 'contentHash', 'productId'];
const picture = z.object({
  imageId: z.uuid(),
  contentHash: z.string(),
  productId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
});

/** The last id that was asked about, how many were, and how many there were at the beginning. */
const pairsCursor = z
  .string()
  .regex(/^[\da-f-]{36}\.\d{1,10}\.\d{1,10}$/)
  .transform((text) => {
    const [after, compared, total] = text.split('.') as [string, string, string];
    return { after, compared: Number(compared), total: Number(total) };
  });

export function createPairs(
  connection: Connection,
  places: Places,
  quantization: 'int8' | 'none',
): Pick<VectorStore, 'similarPairs'> {
  return {
    async similarPairs(catalogId, minScore, cursor) {
      const least = parseOrThrow(leastScore, minScore, 'minScore') - FLOAT_ERROR;
      const from = cursor === undefined ? null : parseOrThrow(pairsCursor, cursor, 'cursor');
      return places.within(catalogId, async ({ alias }) => {
        const total =
          from?.total ?? (await connection.send(alias, (client) => client.count(alias, { exact: true }))).count;
        // A page of the server's begins with what is asked for, if it is there.
        const page = await connection.send(alias, (client) =>
          client.scroll(alias, {
            limit: PAGE + 1,
            ...(from && { offset: from.after }),
            with_payload: READ_PICTURE,
            with_vector: [''],
          }),
        );
        const points = page.points.filter(({ id }) => id !== from?.after).slice(0, PAGE);
        const searches = points.map(({ id, vector }) => ({
          query: vector as number[],
          filter: { must_not: [hasId([String(id)])] },
          limit: MOST_ALIKE,
          // The server leaves out what equals its threshold.
          score_threshold: least - FLOAT_ERROR,
          with_payload: READ_PICTURE,
          ...rescoring(quantization),
        }));
        const answers =
          searches.length === 0 ? [] : await connection.send(alias, (client) => client.queryBatch(alias, { searches }));

        const collected = createPage();
        for (const [i, { points: hits }] of answers.entries()) {
          for (const hit of hits.filter(({ score }) => score >= least)) collected.add(points[i]!, hit, hit.score);
        }
        const compared = (from?.compared ?? 0) + points.length;
        const done = points.length < PAGE;
        return {
          ...collected.page,
          compared,
          total: Math.max(total, compared),
          share: done ? 1 : Math.min(1, compared / Math.max(1, total)),
          next: done ? null : `${points.at(-1)!.id}.${compared}.${total}`,
        };
      });
    },
  };
}

interface Point {
  id: string | number;
  payload?: Record<string, unknown> | null | undefined;
}

function createPage() {
  const page: Pick<PairsPage, 'pictures' | 'pairs'> = { pictures: [], pairs: [] };
  const places = new Map<string, number>();

  function placeOf({ id, payload }: Point): number {
    const known = places.get(String(id));
    if (known !== undefined) return known;
    const place = page.pictures.push(toPicture(payload, id)) - 1;
    places.set(String(id), place);
    return place;
  }

  return {
    page,
    add(a: Point, b: Point, score: number): void {
      page.pairs.push({ a: placeOf(a), b: placeOf(b), score: Math.max(-1, Math.min(1, score)) });
    },
  };
}

function toPicture(payload: Point['payload'], id: Point['id']): PairPicture {
  const result = picture.safeParse(payload);
  if (result.success) return result.data;
  throw new AppError('STORE_REFUSED', `the point ${id} was not written by Imagefleet: ${result.error.message}`, {
    cause: result.error,
  });
}
