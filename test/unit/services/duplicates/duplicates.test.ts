import { expect, it } from 'vitest';
import type { PairsPage } from '../../../../src-core/domain/duplicates.ts';
import { appError } from '../../../contract/vector-store/samples.ts';
import { openRig } from './rig.ts';

// cos 10° = 0.985, cos 14° = 0.970, cos 20° = 0.940, cos 25° = 0.906

it('joins what is alike, the largest group first; the threshold moves without another scan', async () => {
  const { add, scan, groups } = await openRig();
  await add('a.jpg', 0);
  await add('b.jpg', 10);
  await add('c.jpg', 24);
  await add('x.jpg', 100, { contentHash: 'same' });
  await add('y.jpg', 100, { contentHash: 'same' });
  await add('alone.jpg', 180);
  await scan();
  expect(await groups(0.96)).toEqual([
    ['a.jpg', 'b.jpg', 'c.jpg'],
    ['x.jpg', 'y.jpg'],
  ]);
  expect(await groups(0.98)).toEqual([
    ['a.jpg', 'b.jpg'],
    ['x.jpg', 'y.jpg'],
  ]);
  expect(await groups(0.999)).toEqual([['x.jpg', 'y.jpg']]);
  expect(await groups(0.96, { kind: 'exact' })).toEqual([['x.jpg', 'y.jpg']]);
  expect(await groups(0.96, { kind: 'near' })).toEqual([['a.jpg', 'b.jpg', 'c.jpg']]);
  await expect(groups(0.8)).rejects.toMatchObject(appError('INVALID_INPUT', /from 0.9 on.*0.8/));
});

it('turns pages by groups', async () => {
  const { add, scan, duplicates } = await openRig();
  for (const angle of [0, 60, 120]) for (const name of ['a', 'b']) await add(`${angle}-${name}.jpg`, angle);
  await scan();
  const first = await duplicates.groups('pictures', { minScore: 0.95 }, 2);
  expect(first).toMatchObject({ count: 3, pictures: 6, next: 2 });
  const second = await duplicates.groups('pictures', { minScore: 0.95 }, 2, first.next!);
  expect(second.next).toBeNull();
  expect(new Set([...first.groups, ...second.groups].map(({ id }) => id)).size).toBe(3);
});

it('hides pairs within a product, and points at what lies under two', async () => {
  const { add, scan, groups, duplicates } = await openRig();
  await add('shoe-1.jpg', 0, { productId: 'shoe' });
  await add('shoe-2.jpg', 1, { productId: 'shoe' });
  await add('bag-1.jpg', 90, { productId: 'bag' });
  await add('bag-2.jpg', 91, { productId: 'other bag' });
  await scan();
  expect(await groups(0.95)).toHaveLength(2);
  expect(await groups(0.95, { hideSameProduct: true })).toEqual([['bag-1.jpg', 'bag-2.jpg']]);
  expect(await groups(0.95, { acrossProducts: true })).toEqual([['bag-1.jpg', 'bag-2.jpg']]);
  const { groups: all } = await duplicates.groups('pictures', { minScore: 0.95 }, 10);
  expect(all.map(({ acrossProducts }) => acrossProducts)).toEqual([false, true]);
});

it('remembers what are no duplicates over another scan, and a new path; until it is taken back', async () => {
  const { add, scan, groups, duplicates, store, catalog } = await openRig();
  const a = await add('a.jpg', 0);
  const b = await add('b.jpg', 1);
  await add('c.jpg', 50);
  await add('d.jpg', 50);
  await scan();
  const mark = await duplicates.addNot('pictures', [b, a]);
  expect(await duplicates.addNot('pictures', [a, b, a])).toEqual(mark);
  expect(await groups(0.95)).toEqual([['c.jpg', 'd.jpg']]);
  const [stored] = await store.get(catalog.id, [a]);
  const moved = { ...stored!.record, path: '/pictures/moved.jpg', version: 2 };
  await store.upsert(catalog.id, [{ ...stored!, record: moved }]);
  await scan();
  expect(await groups(0.95)).toEqual([['c.jpg', 'd.jpg']]);
  expect(await duplicates.notDuplicates('pictures', 10)).toEqual([mark]);
  expect(mark.imageIds).toEqual([a, b].toSorted());
  expect(await duplicates.removeNot(mark.id)).toEqual(mark);
  expect(await groups(0.95)).toHaveLength(2);
  await expect(duplicates.removeNot(mark.id)).rejects.toMatchObject(appError('NOT_FOUND'));
  await expect(duplicates.addNot('pictures', [a, catalog.id])).rejects.toMatchObject(appError('NOT_FOUND'));
});

it('takes one picture out of a group, which stays one, over another scan too', async () => {
  const { add, scan, groups, duplicates } = await openRig();
  const [a, b, c] = [await add('a.jpg', 0), await add('b.jpg', 1), await add('c.jpg', 2)];
  await scan();
  const mark = await duplicates.addNot('pictures', [a, b, c], c);
  expect(mark).toMatchObject({ imageIds: [a, b, c].toSorted(), oneId: c });
  expect(await duplicates.addNot('pictures', [c, b, a], c)).toEqual(mark);
  expect(await groups(0.95)).toEqual([['a.jpg', 'b.jpg']]);
  await scan();
  expect(await groups(0.95)).toEqual([['a.jpg', 'b.jpg']]);
  // The whole group is another thing to say.
  const whole = await duplicates.addNot('pictures', [a, b, c]);
  expect([whole.oneId, await groups(0.95)]).toEqual([null, []]);
  await duplicates.removeNot(whole.id);
  await duplicates.removeNot(mark.id);
  expect(await groups(0.95)).toEqual([['a.jpg', 'b.jpg', 'c.jpg']]);
  await expect(duplicates.addNot('pictures', [a, b], c)).rejects.toMatchObject(appError('INVALID_INPUT', /one_id/));
});

it('keeps what is chosen by hand with the scan', async () => {
  const { add, scan, duplicates, catalog } = await openRig();
  const [a, b] = [await add('a.jpg', 0), await add('b.jpg', 1)];
  await expect(duplicates.choices('pictures')).rejects.toMatchObject(appError('NOT_FOUND'));
  await scan();
  const keep = (...imageIds: string[]) => duplicates.choose('pictures', [{ choice: 'keep', imageIds }]);
  expect(await keep(b, catalog.id)).toEqual(new Map([[b, 'keep']]));
  const other = [
    { choice: 'mark' as const, imageIds: [a] },
    { choice: null, imageIds: [b] },
  ];
  expect(await duplicates.choose('pictures', other)).toEqual(new Map([[a, 'mark']]));
  expect(await duplicates.choices('pictures')).toEqual(new Map([[a, 'mark']]));
  await scan();
  expect(await duplicates.choices('pictures')).toEqual(new Map());
});

it('marks nothing for a picture that somebody said it is no duplicate of, or that is of its own product', async () => {
  const { add, scan, duplicates } = await openRig();
  const same = { contentHash: 'same' };
  const a = await add('a.jpg', 0, { ...same, width: 300, productId: 'P' });
  const b = await add('b.jpg', 0, { ...same, width: 200, productId: 'P' });
  await add('c.jpg', 0, { width: 100 });
  await scan();
  const count = (which = {}) => duplicates.countMarked('pictures', { minScore: 0.95, ...which }, [{ by: 'largest' }]);
  expect(await count()).toBe(2);
  expect(await count({ hideSameProduct: true })).toBe(1);
  await duplicates.addNot('pictures', [a, b]);
  expect(await count()).toBe(1);
});

it('leaves out pictures that have left the catalog since, and says what changed', async () => {
  const { add, scan, groups, duplicates, store, catalog } = await openRig();
  const a = await add('a.jpg', 0);
  await add('b.jpg', 0);
  await add('c.jpg', 90);
  await add('d.jpg', 90);
  await add('e.jpg', 90);
  await scan();
  await store.delete(catalog.id, { imageIds: [a] });
  expect(await groups(0.95)).toEqual([['c.jpg', 'd.jpg', 'e.jpg']]);
  await add('f.jpg', 0, { indexedAt: Date.now() + 1_000 });
  await add('g.jpg', 0, { indexedAt: Date.now() + 1_000 });
  const { scan: last } = await duplicates.groups('pictures', { minScore: 0.95 }, 1);
  expect(await duplicates.changedSince(last)).toEqual({ indexed: 2, fewer: 0 });
});

it('takes the marked ones out, but only as many as were told', async () => {
  const { add, scan, duplicates, store, catalog } = await openRig();
  await add('small.jpg', 0, { width: 10, height: 10 });
  const large = await add('large.jpg', 1, { width: 100, height: 100 });
  await add('middle.jpg', 2, { width: 50, height: 50 });
  await scan();
  const which = { minScore: 0.95 };
  const rules = [{ by: 'largest' as const }];
  expect(await duplicates.countMarked('pictures', which, rules)).toBe(2);
  await expect(duplicates.removeMarked('pictures', which, rules, 3)).rejects.toMatchObject(
    appError('CONFLICT', /2 .*3/),
  );
  expect(await store.count(catalog.id)).toBe(3);
  expect(await duplicates.removeMarked('pictures', which, rules, 2)).toBe(2);
  expect((await store.scroll(catalog.id, 10)).map(({ record }) => record.imageId)).toEqual([large]);
  expect((await duplicates.groups('pictures', which, 10)).groups).toEqual([]);
});

it('runs one scan of a catalog at a time, which can be cancelled; the result before it stays', async () => {
  const { add, scan, groups, duplicates, store } = await openRig();
  await add('a.jpg', 0);
  await add('b.jpg', 0);
  await scan();
  const begun = Promise.withResolvers<void>();
  const step = Promise.withResolvers<PairsPage>();
  const slow = {
    similarPairs: () => {
      begun.resolve();
      return step.promise;
    },
  };
  const { id, catalogId } = await duplicates.start('pictures', 0.6, slow);
  await begun.promise;
  await expect(duplicates.start('pictures', 0.9, slow)).rejects.toMatchObject(appError('CONFLICT'));
  expect(await duplicates.cancel(id)).toMatchObject({ state: 'cancelled', pairs: 0 });
  step.resolve({ ...(await store.similarPairs(catalogId, 0.6)), next: '1.1' });
  expect(await duplicates.ended(id)).toMatchObject({ state: 'cancelled', pairs: 0 });
  expect(await groups(0.95)).toEqual([['a.jpg', 'b.jpg']]);
  expect((await duplicates.scans('pictures', 10)).map(({ state }) => state)).toEqual(['cancelled', 'completed']);
});

it('says why a scan has failed; one whose process is gone has', async () => {
  const { add, duplicates, log, catalog } = await openRig();
  await add('a.jpg', 0);
  const broken = { similarPairs: () => Promise.reject(new Error('the disk is on fire')) };
  const { id } = await duplicates.start('pictures', undefined, broken);
  const failed = { state: 'failed', error: { code: 'INTERNAL', message: 'the disk is on fire' } };
  expect(await duplicates.ended(id)).toMatchObject(failed);
  await expect(duplicates.groups('pictures', { minScore: 0.95 }, 1)).rejects.toMatchObject(appError('NOT_FOUND'));

  const { hostname } = await import('node:os');
  const left = { catalogId: catalog.id, leastScore: 0.9, total: 1, owner: `${hostname()}/4194999/00000000` };
  const { id: dead } = await log.begin(left);
  expect(await duplicates.scan(dead)).toMatchObject({ state: 'failed', error: { code: 'WORKER_LOST' } });
});
