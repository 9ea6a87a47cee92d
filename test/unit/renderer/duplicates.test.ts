import { expect, it } from 'vitest';
import { folderIn } from '../../../src-renderer/features/duplicates/folder-in.ts';
import { choiceIn, isLastKept, type Choice } from '../../../src-renderer/features/duplicates/hand.ts';
import {
  columnsIn,
  groupHeight,
  placeAfter,
  shownOf,
  type Place,
} from '../../../src-renderer/features/duplicates/layout.ts';
import { ruleName, rulesOf, rulesText } from '../../../src-renderer/features/duplicates/rules.ts';
import type { Group } from '../../../src-renderer/features/duplicates/which.ts';

it('writes rules into the address and reads them back, with commas in folders', () => {
  for (const rules of [[], ['oldest'], ['folder:/a,b/100%2C', 'largest'], ['largest', 'oldest']]) {
    expect(rulesOf(rulesText(rules))).toEqual(rules);
  }
  expect(rulesText(['largest', 'oldest'])).toBeUndefined();
  expect(rulesOf('newest,oldest,oldest')).toEqual(['oldest']);
  expect(['largest', 'folder:/photos/master'].map(ruleName)).toEqual(['Largest', 'In master']);
});

it('goes from picture to picture and from group to group', () => {
  const sizes = [5, 2, 9];
  const go = (key: string, group: number, picture: number): Place | null =>
    placeAfter(key, { group, picture }, { count: 3, columns: 3, shown: (n) => sizes[n]! });
  expect(go('ArrowRight', 0, 4)).toEqual({ group: 1, picture: 0 });
  expect(go('ArrowRight', 2, 8)).toEqual({ group: 2, picture: 8 });
  expect(go('ArrowLeft', 1, 0)).toEqual({ group: 0, picture: 4 });
  expect(go('ArrowLeft', 0, 0)).toEqual({ group: 0, picture: 0 });
  expect(go('ArrowDown', 0, 1)).toEqual({ group: 0, picture: 4 });
  expect(go('ArrowDown', 0, 2)).toEqual({ group: 1, picture: 1 });
  expect(go('ArrowUp', 2, 1)).toEqual({ group: 1, picture: 1 });
  expect(go('ArrowUp', 1, 0)).toEqual({ group: 0, picture: 3 });
  expect(go('End', 0, 0)).toEqual({ group: 2, picture: 0 });
  expect(go('j', 2, 4)).toEqual({ group: 2, picture: 0 });
  expect(go('q', 0, 0)).toBeNull();
});

it('shows few rows of a large group until all are asked for', () => {
  expect([200, 640, 1_160].map(columnsIn)).toEqual([1, 2, 3]);
  expect([shownOf(9, 3, false), shownOf(9, 3, true), shownOf(2, 3, false)]).toEqual([6, 9, 2]);
  expect(groupHeight(6, 3) - groupHeight(3, 3)).toBe(132);
});

const hand = (chosen: Record<string, Choice>) => ({ choiceOf: (id: string) => chosen[id] });

it('lets the hand outweigh the rules, and keeps one of a group', () => {
  const group = { pictures: [{ image_id: 'a' }, { image_id: 'b' }], mark: [{ image_id: 'b' }] } as unknown as Group;
  expect(['a', 'b'].map((id) => choiceIn(group, id, hand({})))).toEqual(['keep', 'mark']);
  expect(choiceIn(group, 'b', hand({ b: 'keep' }))).toBe('keep');
  expect(isLastKept(group, 'a', hand({}))).toBe(true);
  expect(isLastKept(group, 'b', hand({}))).toBe(false);
  expect(isLastKept(group, 'a', hand({ b: 'keep' }))).toBe(false);
});

const groupOf = (...paths: string[]) => ({ pictures: paths.map((path) => ({ path })) });

it('names folders from where they part', () => {
  const both = groupOf('/photos/2024/a/x.jpg', '/photos/2024/b/c/x.jpg');
  expect(both.pictures.map((picture) => folderIn(both, picture))).toEqual(['…/2024/a', '…/2024/b/c']);
  const below = groupOf('/photos/x.jpg', '/photos/copies/x.jpg');
  expect(below.pictures.map((picture) => folderIn(below, picture))).toEqual(['/photos', '/photos/copies']);
  const one = groupOf('/photos/x.jpg', '/photos/y.jpg');
  expect(folderIn(one, one.pictures[0]!)).toBe('/photos');
});
