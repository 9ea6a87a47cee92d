import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import { checkFilter } from '../../domain/check-filter.ts';
import { combineExamples, type Example, normalise, type SearchHit, type SearchQuery } from '../../domain/search.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Database } from '../sqlite/database.ts';
import { base, catalogRow, type CatalogRow } from './catalogs.ts';
import { dot, SCORE_ERROR } from './codes.ts';
import { filterSql, type SqlFilter } from './filter-sql.ts';
import { createLiveMatrix, type LiveMatrix } from './live-matrix.ts';
import type { Candidates, Matrix } from './matrix.ts';
import { pairsAfter } from './pairs.ts';
import { fewPassing, passing, passingOf } from './passing.ts';
import { pageSize, recordsOf, toVector } from './reads.ts';

const queryNumbers = z.object({ limit: pageSize, minScore: z.number().min(-1).max(1).optional() });

/** At most so many rows, and this share of a catalog, are listed (0.15 µs each) before anything is scanned. */
const FEW_ROWS = 32_768;
const FEW_SHARE = 1 / 8;
/** A score that equals the least one asked for may come out a little under it. */
const FLOAT_ERROR = 1e-6;

export function createSearch(db: Database): Pick<VectorStore, 'search' | 'similarPairs'> {
  const matrices = new Map<number, LiveMatrix>();

  function matrixOf({ number }: CatalogRow): LiveMatrix {
    const known = matrices.get(number);
    if (known) return known;
    const alive = db.sql('SELECT number FROM catalogs WHERE name IS NOT NULL').all<{ number: number }>();
    const numbers = new Set(alive.map((row) => row.number));
    for (const other of matrices.keys()) if (!numbers.has(other)) matrices.delete(other);
    const made = createLiveMatrix(db);
    matrices.set(number, made);
    return made;
  }

  /** What `use` answers, which runs in a transaction with the catalog's codes as they are in it. */
  async function withMatrix<T>(catalogId: string, use: (catalog: CatalogRow, matrix: Matrix) => T): Promise<T> {
    for (;;) {
      const found = await db.read(() => catalogRow(db, catalogId));
      const live = matrixOf(found);
      await live.load(found);
      const used = await db.read(() => {
        const catalog = catalogRow(db, catalogId);
        const matrix = live.current(catalog);
        return matrix && { answer: use(catalog, matrix) };
      });
      if (used) return used.answer;
    }
  }

  return {
    async search(query) {
      parseOrThrow(queryNumbers, query, 'search');
      const filter = filterSql(checkFilter(query.filter ?? []));
      return withMatrix(query.catalogId, (catalog, matrix) => searchIn(db, catalog, matrix, query, filter));
    },

    async similarPairs(catalogId, minScore, cursor) {
      const current = await withMatrix(catalogId, (catalog, matrix) => ({ catalog, matrix }));
      return pairsAfter(db, current, minScore, cursor);
    },
  };
}

function searchIn(
  db: Database,
  catalog: CatalogRow,
  matrix: Matrix,
  query: SearchQuery,
  filter: SqlFilter | null,
): SearchHit[] {
  const likes = resolveExamples(db, catalog, query.like);
  const dislikes = resolveExamples(db, catalog, query.unlike ?? []);
  if (likes.vectors.length === 0) throw new AppError('INVALID_INPUT', 'search: needs at least one picture to be like');
  const vector = combineExamples(likes.vectors, dislikes.vectors);
  const examples = new Set([...likes.rows, ...dislikes.rows]);

  const wanted = query.limit + examples.size;
  const least = (query.minScore ?? -1) - FLOAT_ERROR;
  const candidates = findCandidates(db, catalog, matrix, vector, wanted, filter);
  const best = rescore(db, catalog, vector, candidates, wanted, least)
    .filter(({ row, score }) => score >= least && !examples.has(row))
    .slice(0, query.limit);

  const records = recordsOf(
    db,
    best.map(({ row }) => row),
  );
  return best.map(({ row, score }) => ({ record: records.get(row)!, score: Math.max(-1, Math.min(1, score)) }));
}

interface Examples {
  vectors: Float32Array[];
  /** Of those that are stored. */
  rows: number[];
}

/** All vectors have the catalog's dimension and unit length. */
function resolveExamples(db: Database, catalog: CatalogRow, examples: readonly Example[]): Examples {
  const resolved: Examples = { vectors: [], rows: [] };
  const stored = db.sql('SELECT row, vector FROM images JOIN vectors USING (row) WHERE catalog = ? AND image_id = ?');
  for (const example of examples) {
    if ('vector' in example) {
      resolved.vectors.push(queryVector(catalog, example.vector));
    } else {
      const found = stored.get<VectorRow>(catalog.number, example.imageId);
      if (!found) {
        throw new AppError('NOT_FOUND', `the catalog “${catalog.name}” has no picture with the id ${example.imageId}`);
      }
      resolved.vectors.push(toVector(found.vector));
      resolved.rows.push(found.row);
    }
  }
  return resolved;
}

function queryVector(catalog: CatalogRow, vector: Float32Array): Float32Array {
  if (vector.length !== catalog.dimension) {
    throw new AppError(
      'DIMENSION_MISMATCH',
      `the catalog “${catalog.name}” holds vectors of ${catalog.dimension} numbers; the query has ${vector.length}`,
    );
  }
  if (!vector.every(Number.isFinite)) {
    throw new AppError('INVALID_INPUT', 'search: the query’s vector holds a number that is not finite');
  }
  return normalise(vector.slice());
}

/**
 * The best rows by their codes, more than are wanted. With a filter: where an index finds few rows, the best of those;
 * else those that pass of the best of all, which are the best that pass, if they are enough; else the best of all that
 * pass, which have to be listed.
 */
function findCandidates(
  db: Database,
  catalog: CatalogRow,
  matrix: Matrix,
  vector: Float32Array,
  wanted: number,
  filter: SqlFilter | null,
): Candidates {
  const count = Math.max(512, 4 * wanted);
  if (!filter) return matrix.nearest(vector, count, wanted);
  const few = fewPassing(db, catalog, filter, Math.min(FEW_ROWS, Math.ceil(matrix.size * FEW_SHARE)));
  if (few) return matrix.nearestAmong(vector, count, few);
  const near = keepPassing(db, catalog, filter, matrix.nearest(vector, 2 * count));
  if (near.rows.length >= Math.max(64, 2 * wanted)) return near;
  return matrix.nearestAmong(vector, count, passing(db, catalog, filter, matrix.size));
}

function keepPassing(db: Database, catalog: CatalogRow, filter: SqlFilter, { rows, scores }: Candidates): Candidates {
  const kept = passingOf(db, catalog, filter, rows);
  const places = [...rows.keys()].filter((place) => kept.has(rows[place]!));
  return {
    rows: Uint32Array.from(places, (place) => rows[place]!),
    scores: Float32Array.from(places, (place) => scores[place]!),
  };
}

interface Scored {
  row: number;
  score: number;
}

/** At least the `wanted` best candidates with their true scores, best first, as far as they reach `least`. */
function rescore(
  db: Database,
  catalog: CatalogRow,
  query: Float32Array,
  { rows, scores }: Candidates,
  wanted: number,
  least: number,
): Scored[] {
  const select = db.sql('SELECT row, vector FROM vectors WHERE row IN (SELECT ? + value FROM json_each(?))');
  const scored: Scored[] = [];
  const wave = Math.max(32, 2 * wanted);
  for (let from = 0; from < rows.length; from += wave) {
    const bar = Math.max(least, scored[wanted - 1]?.score ?? -1);
    // From here on no candidate can be better, rounding considered.
    if (scores[from]! + SCORE_ERROR < bar) break;
    const some = JSON.stringify([...rows.subarray(from, from + wave)]);
    for (const { row, vector } of select.all<VectorRow>(base(catalog), some)) {
      scored.push({ row, score: dot(query, toVector(vector)) });
    }
    scored.sort((a, b) => b.score - a.score);
  }
  return scored;
}

type VectorRow = { row: number; vector: Uint8Array<ArrayBuffer> };
