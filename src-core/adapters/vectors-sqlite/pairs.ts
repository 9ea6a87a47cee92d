import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { exactSearch, MetricKind } from 'usearch';
import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { leastScore, MOST_ALIKE, type PairPicture, type PairsPage, type SimilarPair } from '../../domain/duplicates.ts';
import type { Database } from '../sqlite/database.ts';
import { base, type CatalogRow } from './catalogs.ts';
import { CODE_UNIT, dot, SCORE_ERROR } from './codes.ts';
import type { Matrix } from './matrix.ts';
import { toVector } from './reads.ts';

/**
 * Rows of a block × rows of a piece that it is compared with in one call of usearch, which keeps 16 bytes for each pair
 * meanwhile: 8 MB. With larger pieces it costs more a pair (12 ns at 64 × 8,192, 40 ns at 256 × 32,768).
 */
const BLOCK = 64;
const PIECE = 8_192;
/** So many of a piece are asked for at first; most pictures are like none. */
const FIRST_LOOK = 8;
/** By code; of these the best are chosen by their vectors. */
const KEPT_BY_CODE = 2 * MOST_ALIKE;
/** A step ends with the first block after so many ms. */
const STEP_MS = 200;
/** A score that equals the least one asked for may come out a little under it. */
const FLOAT_ERROR = 1e-6;

/** The last row that was compared, and how many were; as text. */
const pairsCursor = z
  .string()
  .regex(/^\d{1,10}\.\d{1,10}$/)
  .transform((text) => text.split('.').map(Number) as [row: number, compared: number]);

/** Smaller ones for tests. */
export interface PairsOptions {
  block?: number;
  piece?: number;
  stepMs?: number;
}

/**
 * One step: some rows, block by block in the order of their numbers, each with all rows after it. What is written
 * meanwhile is not looked at again, and nothing that stays as it is is missed.
 */
export async function pairsAfter(
  db: Database,
  { catalog, matrix }: { catalog: CatalogRow; matrix: Matrix },
  minScore: number,
  cursor: string | undefined,
  { block = BLOCK, piece = PIECE, stepMs = STEP_MS }: PairsOptions = {},
): Promise<PairsPage> {
  const least = parseOrThrow(leastScore, minScore, 'minScore');
  const [first, before] = cursor === undefined ? [0, 0] : parseOrThrow(pairsCursor, cursor, 'cursor');
  const scan = createPieceScan(matrix, piece);
  const found = createPage();
  const until = performance.now() + stepMs;
  let last = first;
  let compared = before;
  let done = false;
  do {
    const rows = matrix.rowsAfter(last, block);
    const candidates = await laterAlike(scan, rows, least - SCORE_ERROR);
    await db.read(() => found.add(db, catalog, rescored(db, catalog, candidates, least - FLOAT_ERROR)));
    last = rows.at(-1) ?? last;
    compared += rows.length;
    done = rows.length < block;
  } while (!done && performance.now() < until);
  const total = Math.max(matrix.size, compared);
  const left = total === 0 ? 0 : (total - compared) / total;
  return {
    ...found.page,
    compared,
    total,
    share: done ? 1 : 1 - left * left,
    next: done ? null : `${last}.${compared}`,
  };
}

interface Candidate {
  row: number;
  score: number;
}

interface PieceScan {
  matrix: Matrix;
  length: number;
  /** For each of the block's rows its best in the slots from `from`, best first; null where no row comes after `after`. */
  best(codes: Int8Array, from: number, after: number, least: number): Candidate[][] | null;
}

function createPieceScan(matrix: Matrix, length: number): PieceScan {
  const { stride } = matrix;
  const piece = new Int8Array(length * stride);

  function search(rows: Uint32Array, codes: Int8Array, count: number, least: number): Candidate[][] {
    const wanted = Math.min(count, rows.length);
    // usearch minds a view's length but not its offset: both begin where their buffers begin.
    const all = piece.subarray(0, rows.length * stride);
    const { keys, distances } = exactSearch(all, codes, stride, wanted, MetricKind.IP, 1);
    return Array.from({ length: codes.length / stride }, (_, query) => {
      const best: Candidate[] = [];
      for (let i = query * wanted; i < (query + 1) * wanted; i++) {
        const score = (1 - distances[i]!) * CODE_UNIT;
        if (score < least) break;
        best.push({ row: rows[Number(keys[i])]!, score });
      }
      return best;
    });
  }

  return {
    matrix,
    length,
    best(codes, from, after, least) {
      const rows = matrix.copyPiece(from, length, piece);
      if (rows.every((row) => row <= after)) return null;
      // What is not later is thrown away below, so a full list may hide what is.
      const best = search(rows, codes, FIRST_LOOK, least);
      return best.map((some, query) => {
        if (some.length < Math.min(FIRST_LOOK, rows.length)) return some;
        return search(rows, codes.slice(query * stride, (query + 1) * stride), rows.length, least)[0]!;
      });
    },
  };
}

/** For each of `rows`, those after it that are alike by code. */
async function laterAlike(
  scan: PieceScan,
  rows: readonly number[],
  least: number,
): Promise<Map<number, readonly Candidate[]>> {
  const { matrix, length } = scan;
  const alike = new Map(rows.map((row) => [row, new Map<number, number>()]));
  const codes = matrix.codesOf(rows);
  // From the end: a row that is removed meanwhile is replaced by the last one, which so is met twice rather than never.
  for (let from = Math.floor(Math.max(0, matrix.size - 1) / length) * length; from >= 0; from -= length) {
    const best = rows.length > 0 ? scan.best(codes, from, rows[0]!, least) : null;
    if (!best) continue;
    for (const [query, row] of rows.entries()) {
      const later = alike.get(row)!;
      for (const found of best[query]!) if (found.row > row) later.set(found.row, found.score);
      if (later.size > 2 * KEPT_BY_CODE) alike.set(row, new Map(bestOf(later).map((one) => [one.row, one.score])));
    }
    await yieldToOthers();
  }
  return new Map([...alike].map(([row, later]) => [row, bestOf(later)]));
}

function bestOf(scores: ReadonlyMap<number, number>): Candidate[] {
  return [...scores]
    .map(([row, score]) => ({ row, score }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, KEPT_BY_CODE);
}

/** By their vectors; those that are gone meanwhile are left out. Inside a transaction. */
function rescored(
  db: Database,
  catalog: CatalogRow,
  candidates: ReadonlyMap<number, readonly Candidate[]>,
  least: number,
): SimilarPair[] {
  const select = db.sql(
    'SELECT row - ?1 AS row, vector FROM vectors WHERE row IN (SELECT ?1 + value FROM json_each(?2))',
  );
  const vectorsOf = (rows: readonly number[]): Map<number, Float32Array> =>
    new Map(
      select
        .all<{ row: number; vector: Uint8Array<ArrayBuffer> }>(base(catalog), JSON.stringify(rows))
        .map(({ row, vector }) => [row, toVector(vector)]),
    );
  const pairs: SimilarPair[] = [];
  for (const [a, later] of candidates) {
    if (later.length === 0) continue;
    const vectors = vectorsOf([a, ...later.map(({ row }) => row)]);
    const own = vectors.get(a);
    if (!own) continue;
    const scored = later.flatMap(({ row: b }) => {
      const other = vectors.get(b);
      return other ? [{ a, b, score: Math.max(-1, Math.min(1, dot(own, other))) }] : [];
    });
    const alike = scored.filter(({ score }) => score >= least).toSorted((one, other) => other.score - one.score);
    pairs.push(...alike.slice(0, MOST_ALIKE));
  }
  return pairs;
}

/** Collects pairs of rows as pairs of pictures. */
function createPage() {
  const page = { pictures: [] as PairPicture[], pairs: [] as SimilarPair[] };
  const placeOf = new Map<number, number>();
  return {
    page,
    /** Inside a transaction. */
    add(db: Database, catalog: CatalogRow, pairs: readonly SimilarPair[]): void {
      const unknown = new Set(pairs.flatMap(({ a, b }) => [a, b]).filter((row) => !placeOf.has(row)));
      const select = db.sql(
        `SELECT row - ?1 AS row, image_id AS imageId, content_hash AS contentHash, product_id AS productId
         FROM images WHERE row IN (SELECT ?1 + value FROM json_each(?2))`,
      );
      for (const { row, ...picture } of select.all<PairPicture & { row: number }>(
        base(catalog),
        JSON.stringify([...unknown]),
      )) {
        placeOf.set(row, page.pictures.push(picture) - 1);
      }
      for (const { a, b, score } of pairs) {
        const [first, second] = [placeOf.get(a), placeOf.get(b)];
        if (first !== undefined && second !== undefined) page.pairs.push({ a: first, b: second, score });
      }
    },
  };
}
