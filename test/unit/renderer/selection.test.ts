import { expect, it } from 'vitest';
import { isSelected, NOTHING, selectedCount, toggled, withRange } from '../../../src-renderer/lib/selection.ts';

const loaded = ['a', 'b', 'c', 'd'];
const all = { kind: 'all' } as const;

it('takes rows in and out', () => {
  const some = toggled(toggled(NOTHING, 'a', loaded), 'b', loaded);
  expect(loaded.filter((id) => isSelected(some, id))).toEqual(['a', 'b']);
  expect(selectedCount(toggled(some, 'a', loaded), 900)).toBe(1);
});

it('counts everything that matches, also what is not loaded', () => {
  expect(selectedCount(all, 900)).toBe(900);
  expect(selectedCount(all, null)).toBe(null);
  expect(isSelected(all, 'not loaded')).toBe(true);
});

it('leaves the loaded others when one is taken out of everything', () => {
  expect(toggled(all, 'b', loaded)).toEqual({ kind: 'some', ids: new Set(['a', 'c', 'd']) });
});

it('takes in a range in either direction', () => {
  expect(withRange(NOTHING, loaded, 2, 1)).toEqual({ kind: 'some', ids: new Set(['b', 'c']) });
  expect(withRange(all, loaded, 2, 1)).toBe(all);
});
