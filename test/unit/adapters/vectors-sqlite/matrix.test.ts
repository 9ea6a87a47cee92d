import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dot, encode, SCORE_ERROR } from '../../../../src-core/adapters/vectors-sqlite/codes.ts';
import { createMatrix, type Matrix } from '../../../../src-core/adapters/vectors-sqlite/matrix.ts';
import { normalise } from '../../../../src-core/domain/search.ts';
import { randomFrom } from '../../../support/random.ts';

const DIMENSION = 64;
/** From 3,000 rows on the matrix scans its leading components first. */
const PREFIX_FROM = 3_000;

type Vectors = Map<number, Float32Array>;

function put(matrix: Matrix, vectors: Vectors, row: number, vector: Float32Array): void {
  vectors.set(row, vector);
  matrix.put(row, new Uint8Array(encode(vector).buffer));
}

function best(vectors: Vectors, query: Float32Array, count: number): number[] {
  const scored = Array.from(vectors, ([row, vector]) => ({ row, score: dot(vector, query) }));
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ row }) => row);
}

/** The share of the true ten best among the 64 best by code. */
function recall(matrix: Matrix, vectors: Vectors, query: Float32Array): number {
  const found = new Set(matrix.nearest(query, 64, 10).rows);
  return best(vectors, query, 10).filter((row) => found.has(row)).length / 10;
}

/** Unit vectors in clusters, as `spread` of the component allows. */
function sampler(seed: number, spread: (component: number) => number): () => Float32Array {
  const { normal, below } = randomFrom(seed);
  const draw = (scale: number) => Float32Array.from({ length: DIMENSION }, (_, i) => scale * spread(i) * normal());
  const centres = Array.from({ length: 100 }, () => draw(1));
  return () => {
    const centre = centres[below(centres.length)]!;
    return normalise(draw(0.5).map((value, i) => value + centre[i]!));
  };
}

const SPECTRA: [string, (component: number) => number][] = [
  ['ordered by variance', (i) => 1 / Math.sqrt(1 + i)],
  ['even', () => 1],
  ['with nothing in the leading quarter', (i) => (i < DIMENSION / 4 ? 0 : 1)],
  ['with a leading quarter that says nothing', (i) => (i < DIMENSION / 4 ? 0.01 : 1)],
];

test.each(SPECTRA)('finds the best of many vectors whose components are %s', (_, spread) => {
  const sample = sampler(7, spread);
  const matrix = createMatrix(DIMENSION, PREFIX_FROM);
  const vectors: Vectors = new Map();
  for (let row = 1; row <= 2 * PREFIX_FROM; row++) put(matrix, vectors, row, sample());
  const recalls = Array.from({ length: 50 }, () => recall(matrix, vectors, sample()));
  expect(recalls.reduce((sum, one) => sum + one) / recalls.length).toBeGreaterThan(0.995);
});

test('leading components that say most spare a scan of the others', () => {
  const sample = sampler(7, (i) => 1 / (1 + i));
  const matrix = createMatrix(DIMENSION, PREFIX_FROM);
  const vectors: Vectors = new Map();
  for (let row = 1; row <= 2 * PREFIX_FROM; row++) put(matrix, vectors, row, sample());
  const query = sample();
  // Half as good as the best, by its last component alone: only a scan of everything sees it.
  const hidden = new Float32Array(DIMENSION);
  hidden[DIMENSION - 1] = 1;
  query[DIMENSION - 1] = 0.6;
  put(matrix, vectors, 9_999, hidden);
  expect(best(vectors, query, 300)).toContain(9_999);
  expect([...matrix.nearest(query, 400).rows]).toContain(9_999);
  expect([...matrix.nearest(query, 400, 10).rows]).not.toContain(9_999);
});

test('scores by code are true within the error that they are trusted for', () => {
  const sample = sampler(3, (i) => 1 / Math.sqrt(1 + i));
  const matrix = createMatrix(DIMENSION);
  const vectors: Vectors = new Map();
  for (let row = 1; row <= 500; row++) put(matrix, vectors, row, sample());
  const query = sample();
  const { rows, scores } = matrix.nearest(query, 500);
  expect(rows).toHaveLength(500);
  rows.forEach((row, i) => {
    expect(Math.abs(scores[i]! - dot(vectors.get(row)!, query))).toBeLessThan(SCORE_ERROR);
  });
  expect(scores.toSorted((a, b) => b - a)).toEqual(scores);
});

test.each([1, 3, 30, 65])('takes vectors of %i numbers', (dimension) => {
  const { normal } = randomFrom(dimension);
  const matrix = createMatrix(dimension, 10);
  const vectors: Vectors = new Map();
  const sample = () => normalise(Float32Array.from({ length: dimension }, normal));
  for (let row = 1; row <= 40; row++) put(matrix, vectors, row, sample());
  const query = sample();
  expect(new Set(matrix.nearest(query, 40).rows)).toEqual(new Set(vectors.keys()));
  expect(dot(vectors.get(matrix.nearest(query, 1).rows[0]!)!, query)).toBeGreaterThan(
    dot(vectors.get(best(vectors, query, 1)[0]!)!, query) - 2 * SCORE_ERROR,
  );
});

test('an empty matrix, no rows, and rows that are not there give nothing', () => {
  const matrix = createMatrix(DIMENSION);
  const query = normalise(new Float32Array(DIMENSION).fill(1));
  expect(matrix.nearest(query, 5).rows).toHaveLength(0);
  matrix.put(4, new Uint8Array(encode(query).buffer));
  expect(matrix.nearestAmong(query, 5, []).rows).toHaveLength(0);
  expect([...matrix.nearestAmong(query, 5, [3, 4, 5, 1_000_000]).rows]).toEqual([4]);
  matrix.remove(5);
  matrix.remove(1_000_000);
  expect(matrix.size).toBe(1);
});

test('any order of put, replace and remove leaves what a map would hold', () => {
  const row = fc.integer({ min: 1, max: 30 });
  const change = fc.record({ row, seed: fc.option(fc.nat()) });
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 200 }),
      fc.array(row),
      fc.integer({ min: 5, max: 40 }),
      (changes, among, from) => {
        const matrix = createMatrix(DIMENSION, from);
        const vectors: Vectors = new Map();
        for (const { row, seed } of changes) {
          if (seed === null) {
            matrix.remove(row);
            vectors.delete(row);
          } else {
            const { normal } = randomFrom(seed);
            put(matrix, vectors, row, normalise(Float32Array.from({ length: DIMENSION }, normal)));
          }
        }
        expect(matrix.size).toBe(vectors.size);
        const query = normalise(Float32Array.from({ length: DIMENSION }, randomFrom(1).normal));
        for (const { rows, scores } of [
          matrix.nearest(query, 100),
          matrix.nearestAmong(query, 100, [...new Set(among)]),
        ]) {
          rows.forEach((row, i) => {
            expect(Math.abs(scores[i]! - dot(vectors.get(row)!, query))).toBeLessThan(2 * SCORE_ERROR);
          });
        }
        expect(new Set(matrix.nearest(query, 100).rows)).toEqual(new Set(vectors.keys()));
        const some = [...new Set(among)].filter((row) => vectors.has(row));
        expect(new Set(matrix.nearestAmong(query, 100, [...new Set(among)]).rows)).toEqual(new Set(some));
      },
    ),
  );
});
