import { expect, it } from 'vitest';
import { createSample } from '../../../../src-main/services/plan/sample.ts';
import { randomFrom } from '../../../support/random.ts';

function sampleOf(counts: Record<string, number>, held: number, perStratum: number, seed = 1) {
  const sample = createSample<string>(held, perStratum, randomFrom(seed).uniform);
  for (const [stratum, count] of Object.entries(counts)) {
    for (let n = 0; n < count; n++) sample.offer(stratum, `${stratum}-${n}`);
  }
  return sample;
}

function drawnBy(drawn: readonly { stratum: string }[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(drawn, ({ stratum }) => stratum)].map(([key, { length }]) => [key, length]),
  );
}

it('draws from each stratum by its share, and some of each rare one', () => {
  const sample = sampleOf({ jpg: 8_000, png: 2_000, tif: 6, heic: 1 }, 5_000, 1_000);
  const drawn = sample.draw(100);
  expect(drawn.length).toBeLessThanOrEqual(100);
  expect(drawnBy(drawn)).toEqual({
    jpg: 80,
    png: expect.toSatisfy((n: number) => n >= 12 && n <= 20),
    tif: 4,
    heic: 1,
  });
  expect(sample.counts()).toEqual(
    new Map([
      ['jpg', 8_000],
      ['png', 2_000],
      ['tif', 6],
      ['heic', 1],
    ]),
  );
});

it('draws everything where there is little, each once', () => {
  const drawn = sampleOf({ jpg: 5, png: 3 }, 5_000, 1_000).draw(100);
  expect(drawn.map(({ item }) => item).toSorted()).toEqual([
    'jpg-0',
    'jpg-1',
    'jpg-2',
    'jpg-3',
    'jpg-4',
    'png-0',
    'png-1',
    'png-2',
  ]);
});

it('never draws more than it is asked for, with more strata than that', () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`kind-${n}`, 10 + n]));
  const drawn = sampleOf(many, 5_000, 1_000).draw(30);
  expect(drawn).toHaveLength(30);
  expect(drawnBy(drawn)).toHaveProperty('kind-49');
});

it('holds no more items than it may, however many go by', () => {
  const counts = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`kind-${n}`, 500]));
  const drawn = sampleOf(counts, 100, 1_000).draw(100_000);
  expect(drawn.length).toBeGreaterThan(20);
  expect(drawn.length).toBeLessThanOrEqual(100);
  expect(Object.keys(drawnBy(drawn))).toHaveLength(20);
});

it('gives every item the same chance, early or late, also after its room was halved', () => {
  const rounds = 3_000;
  const hits = Array.from({ length: 60 }, () => 0);
  for (let seed = 1; seed <= rounds; seed++) {
    // Of the other stratum come so many that the room is halved in the middle of the first one's.
    const sample = createSample<number>(20, 16, randomFrom(seed).uniform);
    for (let n = 0; n < 30; n++) sample.offer('a', n);
    for (let n = 0; n < 10; n++) sample.offer('b', -1);
    for (let n = 30; n < 60; n++) sample.offer('a', n);
    for (const { item } of sample.draw(1_000)) if (item >= 0) hits[item]! += 1;
  }
  const expected = hits.reduce((sum, n) => sum + n, 0) / hits.length;
  expect(expected).toBeCloseTo((rounds * 8) / 60, 5);
  for (const n of hits) expect(Math.abs(n - expected)).toBeLessThan(5 * Math.sqrt(expected));
});

it('draws in random order', () => {
  const drawn = sampleOf({ jpg: 50, png: 50 }, 5_000, 1_000).draw(100);
  const firstHalf = drawnBy(drawn.slice(0, 50));
  expect(Object.values(firstHalf).every((n) => n > 10)).toBe(true);
});
