import { expect, it } from 'vitest';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { chooseKept, differencesOf, parseKeepRules, type KeepRule } from '../../../src-core/domain/keep-rules.ts';
import { record } from '../../contract/vector-store/samples.ts';

const CATALOG = { id: '6f2b1a52-3f0e-4a6e-9a53-0a3f3c1d1f10', name: 'c', model: 'm', dimension: 8, createdAt: 0 };
const picture = (name: string, changes: Partial<ImageRecord> = {}) => record(CATALOG, name, changes);
const all = () => ({ score: 0.97 });

function choose(records: ImageRecord[], rules: KeepRule[], alike = all as Parameters<typeof chooseKept>[1]) {
  const { kept, marked } = chooseKept(records, alike, rules);
  return {
    kept: kept.map(({ record: { fileName }, why }) => `${fileName} ${why}`),
    marked: marked.map(({ record: { fileName }, why }) => `${fileName} ${why}`),
  };
}

it('lets each rule decide where those before it do not, and says which did', () => {
  const records = [
    picture('in/small.jpg', { width: 10, height: 10 }),
    picture('master/small.jpg', { width: 10, height: 10 }),
    picture('master/large.jpg', { width: 20, height: 20, capturedAt: 5 }),
    picture('master/old.jpg', { width: 20, height: 20, capturedAt: 1 }),
  ];
  expect(choose(records, [{ by: 'folder', folder: '/pictures/master' }, { by: 'largest' }, { by: 'oldest' }])).toEqual({
    kept: ['old.jpg oldest'],
    marked: ['large.jpg oldest', 'small.jpg largest', 'small.jpg folder'],
  });
});

const kept = (records: ImageRecord[], rules: KeepRule[]) => choose(records, rules).kept;

it('takes pixels before bytes, when it was taken before when it was changed, and the shorter name at last', () => {
  const largest: KeepRule[] = [{ by: 'largest' }];
  const oldest: KeepRule[] = [{ by: 'oldest' }];
  expect(kept([picture('a', { bytes: 9 }), picture('b', { bytes: 1, width: 641 })], largest)).toEqual(['b largest']);
  expect(kept([picture('a', { bytes: 9 }), picture('b', { bytes: 10 })], largest)).toEqual(['b largest']);
  expect(kept([picture('a', { mtimeMs: 1 }), picture('b', { capturedAt: 9 })], oldest)).toEqual(['b oldest']);
  expect(kept([picture('a', { mtimeMs: 2 }), picture('b', { mtimeMs: 1 })], oldest)).toEqual(['b oldest']);
  expect(kept([picture('a copy'), picture('b')], [])).toEqual(['b name']);
});

it('keeps none whose file is missing where another is there', () => {
  const records = [picture('large', { width: 9_000, missingSince: 1 }), picture('small', { width: 10 })];
  expect(choose(records, [{ by: 'largest' }])).toEqual({ kept: ['small missing'], marked: ['large missing'] });
});

const next: Parameters<typeof chooseKept>[1] = (a, b) =>
  Math.abs(Number(a.fileName) - Number(b.fileName)) === 1 ? { score: 0.95 } : null;

it('marks nothing in a chain for a picture that it is not like', () => {
  const chain = ['1', '2', '3', '4'].map((name) => picture(name));
  expect(choose(chain, [], next)).toEqual({ kept: ['1 name', '3 name'], marked: ['2 name', '4 name'] });
});

const hand = (keep: ImageRecord[], mark: ImageRecord[]): KeepRule => ({
  by: 'hand',
  keep: new Set(keep.map(({ imageId }) => imageId)),
  mark: new Set(mark.map(({ imageId }) => imageId)),
});

it('lets single pictures be kept and marked by hand, but never a whole group be marked', () => {
  const [a, b, c] = ['a', 'bb', 'ccc'].map((name) => picture(name));
  const three = [a!, b!, c!];
  expect(choose(three, [hand([b!], [])])).toEqual({ kept: ['a name', 'bb hand'], marked: ['ccc name'] });
  expect(choose(three, [hand([b!], [a!])])).toEqual({ kept: ['bb hand'], marked: ['ccc name', 'a hand'] });
  expect(choose(three, [hand([], three)])).toEqual({ kept: ['a name'], marked: ['bb name', 'ccc name'] });
  const { marked } = chooseKept(three, all, [hand([b!], [a!])]);
  expect(marked.map((one) => one.for)).toEqual([b!.imageId, b!.imageId]);
});

it('tells what differs, of what matters', () => {
  expect(differencesOf([picture('a'), picture('b')])).toEqual([]);
  const other = picture('in/a', { width: 1, format: 'png', productId: 'P', mtimeMs: 1 });
  expect(differencesOf([picture('a'), other])).toEqual(['size', 'format', 'modified_at', 'product_id', 'folder']);
});

const upper = (folder: string) => folder.toUpperCase();

it('reads rules, with folders as the store names them', () => {
  expect(parseKeepRules(['folder:/a:b', 'oldest'], upper)).toEqual([
    { by: 'folder', folder: '/A:B' },
    { by: 'oldest' },
  ]);
  expect(() => parseKeepRules(['newest'], upper)).toThrow('keep: “newest” is none of largest, oldest and folder:PATH');
});
