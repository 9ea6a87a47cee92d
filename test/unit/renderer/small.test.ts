import { ORPCError } from '@orpc/client';
import { expect, it } from 'vitest';
import { ERRORS } from '../../../src-core/domain/app-error.ts';
import { isUnauthorized, problemOf } from '../../../src-renderer/lib/problem.ts';
import { parseSearch, stringifySearch } from '../../../src-renderer/lib/search-params.ts';
import { rowAfter } from '../../../src-renderer/ui/data-table/keys.ts';
import { stackLines } from '../../../src-renderer/ui/stack-lines.ts';

it('writes filters so that people can read them', () => {
  const text = stringifySearch({ state: ['failed', 'delayed'], text: 'a & b', none: undefined, empty: [], page: 2 });
  expect(text).toBe('?state=failed,delayed&text=a+%26+b&page=2');
  expect(parseSearch(text)).toEqual({ state: 'failed,delayed', text: 'a & b', page: '2' });
  expect([stringifySearch({}), parseSearch('')]).toEqual(['', {}]);
});

it('says what was wrong, with our code where the server has one', () => {
  const refused = new ORPCError('CONFLICT', { message: 'it runs already' });
  expect(problemOf(refused)).toEqual({ code: 'CONFLICT', message: 'it runs already', todo: ERRORS.CONFLICT.todo });
  expect(problemOf(new TypeError('Failed to fetch')).code).toBe(null);
  expect(problemOf(new ORPCError('BAD_GATEWAY', {})).code).toBe('INTERNAL');
  expect([isUnauthorized(new ORPCError('UNAUTHORIZED')), isUnauthorized(refused)]).toEqual([true, false]);
});

it('goes through rows by keys, and never past an end', () => {
  const keys = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'x'];
  expect(keys.map((key) => rowAfter(key, 5, 100, 20))).toEqual([6, 4, 25, 0, 0, 99, null]);
  expect(rowAfter('ArrowDown', 99, 100, 20)).toBe(99);
  expect(rowAfter('End', 0, 0, 20)).toBe(null);
});

it('stacks lines, gaps as nothing', () => {
  expect(
    stackLines([
      [1, null, 3],
      [10, 20, null],
      [100, 100, 100],
    ]),
  ).toEqual([
    [1, null, 3],
    [11, 20, null],
    [111, 120, 103],
  ]);
});
