import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SimilarPair } from '../../../../src-core/domain/duplicates.ts';
import { findGroups, type FoundPairs } from '../../../../src-main/services/duplicates/groups.ts';

const PICTURES = 40;

/** Every third picture has the bytes of the one before it, and each has one of five products or none. */
const scanned = Array.from({ length: PICTURES }, (_, i) => ({
  number: i + 1,
  sameBytes: i % 3 === 2 ? i : i + 1,
  sameProduct: i % 6 === 5 ? null : 1 + (i % 6),
}));

function foundPairs(all: readonly SimilarPair[]): FoundPairs {
  return {
    pictures: async (_scan, after, limit) => scanned.filter(({ number }) => number > after).slice(0, limit),
    pairs: async (_scan, least) => ({ pairs: all.filter(({ score }) => score >= least), next: null }),
  };
}

/** Joined by repainting, as nobody would for many. */
function components(pairs: readonly SimilarPair[]): number[][] {
  const colour = Array.from({ length: PICTURES + 1 }, (_, i) => i);
  for (const { a, b } of pairs) {
    const [from, to] = [colour[a]!, colour[b]!];
    for (const [i, one] of colour.entries()) if (one === from) colour[i] = to;
  }
  const numbers = scanned.map(({ number }) => number);
  const groups = Map.groupBy(numbers, (number) => colour[number]);
  return [...groups.values()].filter((group) => group.length > 1);
}

const pair = fc
  .tuple(fc.integer({ min: 1, max: PICTURES }), fc.integer({ min: 1, max: PICTURES }), fc.constantFrom(0.9, 0.95, 1))
  .filter(([a, b]) => a !== b)
  .map(([a, b, score]) => ({ a: Math.min(a, b), b: Math.max(a, b), score }));

it('joins what pairs join, whatever the threshold, the marks and the products', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(pair, { maxLength: 40 }),
      fc.constantFrom(0.9, 0.95, 1),
      fc.boolean(),
      fc.integer({ min: 2, max: 9 }),
      async (pairs, minScore, hideSameProduct, markedBy) => {
        const areMarked = (a: number, b: number): boolean => (a + b) % markedBy === 0;
        const counted = pairs.filter(({ a, b, score }) => {
          const [one, other] = [scanned[a - 1]!.sameProduct, scanned[b - 1]!.sameProduct];
          return score >= minScore && !areMarked(a, b) && !(hideSameProduct && one !== null && one === other);
        });
        const groups = await findGroups(foundPairs(pairs), 'scan', { minScore, hideSameProduct }, areMarked);
        const wanted = components(counted);
        const found = Array.from({ length: groups.count }, (_, place) => groups.at(place));
        expect(found.map(({ numbers }) => [...numbers].join(' ')).toSorted()).toEqual(
          wanted.map((numbers) => numbers.join(' ')).toSorted(),
        );
        expect(groups.pictures).toBe(wanted.flat().length);
        const sizes = found.map(({ numbers }) => numbers.length);
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
        for (const { numbers, score, kind, acrossProducts } of found) {
          const members = [...numbers].map((number) => scanned[number - 1]!);
          const inside = counted.filter(({ a }) => numbers.includes(a)).map((one) => one.score);
          expect(score).toBeCloseTo(Math.max(...inside), 6);
          expect(kind).toBe(new Set(members.map(({ sameBytes }) => sameBytes)).size === 1 ? 'exact' : 'near');
          const products = new Set(members.flatMap(({ sameProduct }) => sameProduct ?? []));
          expect(acrossProducts).toBe(products.size > 1);
        }
      },
    ),
    { numRuns: 200 },
  );
});
