import { link, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src-core/domain/app-error.ts';
import type { ImportRun } from '../../../../src-core/domain/import.ts';
import { settingsSchema } from '../../../../src-core/settings/schema.ts';
import { createImports } from '../../../../src-main/services/imports/imports.ts';
import { mortal } from '../../../month/mortal.ts';
import { xmp } from '../../../month/steps.ts';
import { openRig, type Rig } from './rig.ts';

async function workingRig(files: Record<string, string>, options?: Parameters<typeof openRig>[0]): Promise<Rig> {
  const rig = await openRig(options);
  await rig.write(files);
  rig.startWorker();
  return rig;
}

async function indexed(files: Record<string, string>, options?: Parameters<typeof openRig>[0]): Promise<Rig> {
  const rig = await workingRig(files, options);
  await rig.importAll();
  return rig;
}

const tasksOf = async (rig: Rig): Promise<number> => (await rig.queue.stats()).totals.enqueued;
const namesOf = async (rig: Rig): Promise<string[]> =>
  (await rig.records()).map(({ canonicalName }) => canonicalName.slice(rig.root.length + 1));

/** What a rename keeps: all of the record but where its file lies. */
async function recordNamed(rig: Rig, name: string) {
  const record = (await rig.records()).find(({ canonicalName }) => canonicalName === join(rig.root, name));
  const [image] = await rig.store.get(rig.catalog.id, [record!.imageId]);
  const { imageId: _i, canonicalName: _c, path: _p, fileName: _f, importId: _im, ...kept } = record!;
  return { ...kept, vector: [...image!.vector] };
}

describe('renamed files', () => {
  it('keep their records whole, in a folder renamed at its top, without a task', async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`a/${n % 3}/${n}.jpg`, `picture ${n}`]));
    const rig = await indexed({ ...files, 'notes.txt': 'x' });
    const [first] = await rig.records();
    await rig.store.setPayload(rig.catalog.id, [{ imageIds: [first!.imageId], patch: { productId: 'P', title: 'T' } }]);
    const before = await recordNamed(rig, 'a/0/0.jpg');
    const tasks = await tasksOf(rig);
    await rename(join(rig.root, 'a'), join(rig.root, 'z'));
    const run = await rig.importAll();
    expect(run.counts).toMatchObject({ moved: 12, indexed: 0, missing: 0, excluded: 1 });
    expect(await tasksOf(rig)).toBe(tasks);
    expect(await namesOf(rig)).toEqual(
      Object.keys(files)
        .map((name) => name.replace('a/', 'z/'))
        .toSorted(),
    );
    expect(await recordNamed(rig, 'z/0/0.jpg')).toEqual(before);
    expect(before).toMatchObject({ productId: 'P', title: 'T' });
  });

  it('may take each other’s names', async () => {
    const rig = await indexed({ 'a.jpg': 'one', 'b.jpg': 'other', 'c.jpg': 'a third' });
    await rename(join(rig.root, 'b.jpg'), join(rig.root, 'd.jpg'));
    await rename(join(rig.root, 'a.jpg'), join(rig.root, 'b.jpg'));
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['b.jpg: moved a.jpg', 'c.jpg: skipped unchanged', 'd.jpg: moved b.jpg']);
    expect((await rig.records()).map(({ fileName, bytes }) => [fileName, bytes])).toEqual([
      ['b.jpg', 3],
      ['c.jpg', 7],
      ['d.jpg', 5],
    ]);
  });

  it('are told from copies that kept the time, and from hard links', async () => {
    const rig = await workingRig({ 'a.jpg': '1' });
    await utimes(join(rig.root, 'a.jpg'), 1_000, 1_000);
    await rig.importAll();
    await rig.write({ 'copy.jpg': '1' });
    await utimes(join(rig.root, 'copy.jpg'), 1_000, 1_000);
    await link(join(rig.root, 'a.jpg'), join(rig.root, 'link.jpg'));
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['a.jpg: skipped unchanged', 'copy.jpg: indexed', 'link.jpg: indexed']);
  });

  it('leave their record where a copy that kept the time has their name', async () => {
    const rig = await workingRig({ 'a.jpg': '1' });
    await utimes(join(rig.root, 'a.jpg'), 1_000, 1_000);
    await rig.importAll();
    await rename(join(rig.root, 'a.jpg'), join(rig.root, 'b.jpg'));
    await rig.write({ 'a.jpg': '1' });
    await utimes(join(rig.root, 'a.jpg'), 1_000, 1_000);
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['a.jpg: skipped unchanged', 'b.jpg: indexed']);
    expect(await namesOf(rig)).toEqual(['a.jpg', 'b.jpg']);
  });

  it('do not take the record of the file that has their name now', async () => {
    const rig = await indexed({ 'a.jpg': 'old' });
    await rename(join(rig.root, 'a.jpg'), join(rig.root, 'b.jpg'));
    await rig.write({ 'a.jpg': 'other' });
    // A worker has written the new record already, and the log does not know of it yet.
    const [record] = await rig.records();
    await rig.store.upsert(rig.catalog.id, [
      { record: { ...record!, contentHash: 'other' }, vector: new Float32Array([0, 1]) },
    ]);
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['a.jpg: indexed', 'b.jpg: indexed']);
    expect((await rig.records()).map(({ fileName, bytes }) => [fileName, bytes])).toEqual([
      ['a.jpg', 5],
      ['b.jpg', 3],
    ]);
  });

  it('are found in another source, and taken from one that can be read only', async () => {
    const rig = await workingRig({ 'x/a.jpg': '1', 'x/b.jpg': '2', 'y/c.jpg': '3' });
    const [x, y] = [join(rig.root, 'x'), join(rig.root, 'y')];
    await rig.importAll({ path: x });
    await rename(join(x, 'a.jpg'), join(y, 'a.jpg'));
    const run = await rig.importAll({ path: y });
    expect(await rig.lines(run.id)).toEqual(['y/a.jpg: moved x/a.jpg', 'y/c.jpg: indexed']);
    const source = await rig.log.sourceAt(rig.catalog.id, y);
    expect((await rig.records())[1]).toMatchObject({ fileName: 'a.jpg', sourceId: source!.id });

    await link(join(x, 'b.jpg'), join(y, 'b.jpg'));
    await rename(x, join(rig.dir, 'unplugged'));
    const away = await rig.importAll({ path: y });
    expect((await rig.lines(away.id))[1]).toBe('y/b.jpg: indexed');
    expect(await namesOf(rig)).toEqual(['x/b.jpg', 'y/a.jpg', 'y/b.jpg', 'y/c.jpg']);
  });
});

describe('files that are gone', () => {
  it('are missing when a folder has their name', async () => {
    const rig = await indexed({ 'a.jpg': '1', 'b.jpg': '2' });
    await rm(join(rig.root, 'a.jpg'));
    await rig.write({ 'a.jpg/inside.jpg': '3' });
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual([
      'a.jpg: missing',
      'a.jpg/inside.jpg: indexed',
      'b.jpg: skipped unchanged',
    ]);
  });

  it('are not told while the root vanished under the walk, and the walk is done again', async () => {
    const rig = await openRig({ timing: { maxOpen: 4, lookMs: 60_000 } });
    await rig.write(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${n % 3}/${n}.jpg`, `picture ${n}`])));
    const elsewhere = join(rig.dir, 'elsewhere');
    const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    const progress: ImportRun[] = [];
    const ended = rig.imports.run(id, { onProgress: (run) => progress.push(run) });
    await vi.waitFor(() => expect(progress.at(-1)?.counts.open).toBe(4));
    await rename(rig.root, elsewhere); // no file of it was known before
    rig.startWorker();
    await vi.waitFor(() => expect(progress.at(-1)).toMatchObject({ state: 'waiting', reason: 'SOURCE_UNAVAILABLE' }));
    await rename(elsewhere, rig.root);
    expect(await ended).toMatchObject({ state: 'completed', counts: { indexed: 12, failed: 0 } });
  });
});

async function waits(rig: Rig, code: string, restore: () => void): Promise<ImportRun> {
  const said: AppError[] = [];
  const progress: ImportRun[] = [];
  const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
  const ended = rig.imports.run(id, {
    onWaiting: (error) => said.push(error),
    onProgress: (run) => progress.push(run),
  });
  await vi.waitFor(() => expect(said.length).toBeGreaterThan(1));
  expect(new Set(said.map((error) => error.code))).toEqual(new Set([code]));
  expect(progress).toContainEqual(expect.objectContaining({ state: 'waiting', reason: code }));
  restore();
  return ended;
}

describe('an import', () => {
  it('waits with the reason while its source is away, and goes on by itself', async () => {
    const rig = await indexed({ 'a.jpg': '1', 'b.jpg': '2' });
    const elsewhere = join(rig.dir, 'elsewhere');
    await rename(rig.root, elsewhere);
    const run = await waits(rig, 'SOURCE_UNAVAILABLE', () => void rename(elsewhere, rig.root));
    expect(run).toMatchObject({ state: 'completed', reason: null, counts: { skipped: 2, missing: 0 } });
  });

  it.each([
    ['the store is away', 'STORE_UNAVAILABLE', (rig: Rig) => vi.spyOn(rig.store, 'setPayload')],
    ['the disk is full', 'DISK_FULL', (rig: Rig) => vi.spyOn(rig.log, 'discover')],
    ['the data dir is read-only', 'DATA_DIR_UNUSABLE', (rig: Rig) => vi.spyOn(rig.log, 'discover')],
    ['the queue is away', 'QUEUE_UNAVAILABLE', (rig: Rig) => vi.spyOn(rig.queue, 'enqueue')],
  ] as const)('waits while %s', async (_what, code, verbOf) => {
    const rig = await indexed({ 'a.jpg': '1', 'b.jpg': '2' });
    await rm(join(rig.root, 'b.jpg'));
    await rig.write({ 'c.jpg': '3' });
    const trouble = verbOf(rig).mockRejectedValue(new AppError(code, 'away'));
    const run = await waits(rig, code, () => trouble.mockRestore());
    expect(run).toMatchObject({ state: 'completed', reason: null });
    expect(await rig.lines(run.id)).toEqual(['a.jpg: skipped unchanged', 'b.jpg: missing', 'c.jpg: indexed']);
  });

  it('lets its tasks go on when the queue was away too while the source came back', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1' });
    const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    const elsewhere = join(rig.dir, 'elsewhere');
    await rename(rig.root, elsewhere);
    await expect(rig.imports.run(id, { impatient: true })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await rename(elsewhere, rig.root);
    const retry = vi.spyOn(rig.queue, 'setPaused').mockRejectedValueOnce(new AppError('QUEUE_UNAVAILABLE', 'away'));
    await expect(rig.imports.run(id, { impatient: true })).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    retry.mockRestore();
    rig.startWorker();
    expect(await rig.imports.run(id, { impatient: true })).toMatchObject({
      state: 'completed',
      counts: { indexed: 1 },
    });
  });

  it('does not wait when it is impatient, nor for a defect', async () => {
    const rig = await indexed({ 'a.jpg': '1' });
    const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    const lookup = vi.spyOn(rig.log, 'lookup');
    lookup.mockRejectedValue(new AppError('DISK_FULL', 'full'));
    await expect(rig.imports.run(id, { impatient: true })).rejects.toMatchObject({ code: 'DISK_FULL' });
    lookup.mockRejectedValue(new TypeError('a defect'));
    await expect(rig.imports.run(id)).rejects.toThrow('a defect');
  });

  it('ends its waiting when it is told to stop', async () => {
    const rig = await indexed({ 'a.jpg': '1' });
    const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    await rename(rig.root, join(rig.dir, 'elsewhere'));
    const stop = new AbortController();
    const ended = rig.imports.run(id, { signal: stop.signal, onWaiting: () => stop.abort() });
    expect(await ended).toMatchObject({ state: 'waiting', reason: 'SOURCE_UNAVAILABLE', owner: null });
  });

  it('tries again what failed because its source was away', async () => {
    const rig = await openRig({ timing: { lookMs: 60_000 } });
    await rig.write({ 'a.jpg': '1', 'b.jpg': '2' });
    const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    const progress: ImportRun[] = [];
    const ended = rig.imports.run(id, { onProgress: (run) => progress.push(run) });
    await vi.waitFor(() => expect(progress.at(-1)).toMatchObject({ walked: true, counts: { open: 2 } }));
    const elsewhere = join(rig.dir, 'elsewhere');
    await rename(rig.root, elsewhere);
    await mkdir(rig.root);
    rig.startWorker();
    await vi.waitFor(() => expect(progress.at(-1)).toMatchObject({ state: 'waiting' }));
    expect((await rig.log.getImport(id))!.errors).toEqual({ FILE_NOT_FOUND: 2 });
    await rm(rig.root, { recursive: true });
    await rename(elsewhere, rig.root);
    expect(await ended).toMatchObject({ state: 'completed', errors: {}, counts: { indexed: 2 } });
  });

  it('keeps the lines of the newest imports of its source, and the counts of all', async () => {
    const rig = await indexed({ 'a.jpg': '1', 'b.jpg': 'bad' }, { settings: { imports: { keepLedgers: 2 } } });
    const first = (await rig.imports.list())[0]!;
    for (let n = 0; n < 2; n++) await rig.importAll();
    const ledgers = await Promise.all((await rig.imports.list()).map(({ id }) => rig.log.ledger(id, {}, 10)));
    expect(ledgers.map(({ items }) => items.length)).toEqual([2, 2, 0]);
    expect(await rig.imports.status(first.id)).toMatchObject({ counts: first.counts, errors: first.errors });

    await rig.write({ 'b.jpg': 'repaired' });
    await rig.queue.retry({ importId: first.id });
    await rig.importAll();
    expect(await rig.imports.status(first.id)).toMatchObject({ counts: first.counts, errors: first.errors });
  });
});

it('writes every outcome with its reason', async () => {
  const rig = await workingRig({
    'a.jpg': '1',
    'b.jpg': '2',
    'c.jpg': '3',
    'd.jpg': '4',
    'bad.jpg': 'bad',
    'n.txt': '',
  });
  const manifest = join(rig.dir, 'facts.csv');
  await rig.importAll();
  await rm(join(rig.root, 'b.jpg'));
  await rename(join(rig.root, 'c.jpg'), join(rig.root, 'c2.jpg'));
  await rig.write({ 'd.jpg': 'changed', '.e.jpg': '5', '@eaDir/x.jpg': '6', 'x/._f.jpg': '7' });
  await writeFile(manifest, `path,sku\n${join(rig.root, 'a.jpg')},A\n`);
  const run = await rig.importAll({ manifest });
  expect(await rig.lines(run.id)).toEqual([
    '.e.jpg: excluded hidden',
    'a.jpg: updated facts',
    'b.jpg: missing',
    'bad.jpg: failed IMAGE_CORRUPT',
    'c2.jpg: moved c.jpg',
    'd.jpg: indexed',
    'n.txt: excluded extension',
    'x/._f.jpg: excluded default: ._*',
  ]);
});

it('reads a picture again whose sidecar is gone, though its host died right after it had seen that', async () => {
  for (let nth = 1; ; nth++) {
    const rig = await indexed({ 'a.jpg': '1', 'a.jpg.xmp': xmp('said beside it') });
    expect((await rig.records())[0]).toMatchObject({ title: 'said beside it' });
    await rm(join(rig.root, 'a.jpg.xmp'));
    const survived = await importUntil(rig, nth);
    await rig.importAll();
    expect((await rig.records())[0]).toMatchObject({ title: null });
    if (survived) break;
  }
});

/** Imports with a host that dies at its nth write; answers whether it came to the end. */
async function importUntil(rig: Rig, nth: number): Promise<boolean> {
  const life = { nth, writes: 0 };
  const [log, queue, store] = [mortal(rig.log, life), mortal(rig.queue, life), mortal(rig.store, life)];
  const timing = { pollMs: 2 };
  const imports = createImports({ log, queue, store, settings: settingsSchema.parse({}), timing, owner: 'test-host' });
  return imports
    .start({ path: rig.root, catalogId: rig.catalog.id })
    .then(({ id }) => imports.run(id))
    .then(
      () => true,
      () => false,
    );
}
