import { describe, expect, it } from 'vitest';
import { combineExamples, filter } from '../../../src-core/domain/search.ts';

const unit = (...values: number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};

describe('combineExamples', () => {
  it('is the picture itself for one like', () => {
    expect([...combineExamples([unit(1, 0)], [])]).toEqual([1, 0]);
  });

  it('is the mean of several likes, of unit length', () => {
    const [x, y] = combineExamples([unit(1, 0), unit(0, 1)], []);
    expect(x).toBeCloseTo(Math.SQRT1_2, 6);
    expect(y).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('moves away from dislikes: 2·like − dislike, normalised', () => {
    const [x, y] = combineExamples([unit(1, 0)], [unit(0, 1)]);
    expect(x).toBeCloseTo(2 / Math.sqrt(5), 6);
    expect(y).toBeCloseTo(-1 / Math.sqrt(5), 6);
  });

  it('needs a like', () => {
    expect(() => combineExamples([], [unit(1, 0)])).toThrow(RangeError);
  });
});

describe('filter', () => {
  it('takes one test for each condition', () => {
    expect(
      filter.safeParse([
        { field: 'productId', anyOf: ['a'] },
        { field: 'bytes', range: { gte: 1 } },
      ]).success,
    ).toBe(true);
    expect(filter.safeParse([{ field: 'metadata.colour', anyOf: ['red'], not: true }]).success).toBe(true);
  });

  it.each([
    [{ field: 'productId' }],
    [{ field: 'productId', anyOf: [] }],
    [{ field: 'nonsense', anyOf: ['a'] }],
    [{ field: 'bytes', range: {} }],
    [{ field: 'metadata.', anyOf: ['a'] }],
    [{ field: 'bytes', range: { gte: 1 }, anyOf: [1] }],
  ])('refuses %j', (condition) => {
    expect(filter.safeParse([condition]).success).toBe(false);
  });
});
