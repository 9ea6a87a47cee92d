import { expect, it } from 'vitest';
import { retryFilter } from '../../../src-main/cli/commands/retry.ts';

it.each([
  [['a', 'b'], {}, { ids: ['a', 'b'] }],
  [['a'], { import: 'i' }, { ids: ['a'], importId: 'i' }],
  [[], { allFailed: true }, { states: ['failed'] }],
  [[], { delayed: true }, { states: ['delayed'] }],
  [[], { allFailed: true, delayed: true }, { states: ['failed', 'delayed'] }],
  [[], { error: 'DISK_FULL' }, { states: ['failed', 'delayed'], codes: ['DISK_FULL'] }],
  [[], { error: 'DISK_FULL', delayed: true }, { states: ['delayed'], codes: ['DISK_FULL'] }],
  [
    [],
    { error: 'DISK_FULL', allFailed: true, import: 'i' },
    { states: ['failed'], codes: ['DISK_FULL'], importId: 'i' },
  ],
] as const)('%j %j chooses %j', (ids, options, filter) => {
  expect(retryFilter(ids, options)).toEqual(filter);
});

it('refuses a choice of everything by accident', () => {
  expect(() => retryFilter([], {})).toThrow('needs task ids');
  expect(() => retryFilter([], { import: 'i' })).toThrow('needs task ids');
  expect(() => retryFilter(['a'], { error: 'DISK_FULL' })).toThrow('not both');
});
