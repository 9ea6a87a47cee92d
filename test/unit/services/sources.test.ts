import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_RULES, type ImportRun, type SourceRules } from '../../../src-core/domain/import.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { createSources, type Sources } from '../../../src-main/services/sources.ts';
import { mortal } from '../../month/mortal.ts';
import { openRig, type Rig } from './imports/rig.ts';

type SourcesRig = Rig & { sources: Sources };

async function rigWith(files: Record<string, string>): Promise<SourcesRig> {
  const rig = await openRig();
  await rig.write(files);
  rig.startWorker();
  await rig.importAll();
  return { ...rig, sources: sourcesOf(rig) };
}

/** As of a host that dies at its nth write; 0: it lives. */
function sourcesOf({ log, queue, store }: Rig, nth = 0): Sources {
  const life = { nth, writes: 0 };
  return createSources({
    log: mortal(log, life),
    store: mortal(store, life),
    queue,
    settings: settingsSchema.parse({}),
  });
}

const names = async (rig: Rig, root = rig.root): Promise<string[]> =>
  (await rig.records()).map(({ canonicalName }) => canonicalName.replace(`${root}/`, ''));

async function missing(rig: Rig): Promise<boolean[]> {
  return (await rig.records()).map(({ missingSince }) => missingSince !== null);
}

describe('sources', () => {
  it('are listed with what is known of them, and found by path and id', async () => {
    const rig = await rigWith({ 'a.jpg': '1', 'b.jpg': '2' });
    await rm(join(rig.root, 'b.jpg'));
    await rig.importAll();
    const [source] = await rig.sources.list();
    expect(source).toMatchObject({ catalog: 'default', path: rig.root, pictures: 2, missing: 1, rules: NO_RULES });
    expect(await rig.sources.get(source!.id, rig.catalog.id)).toEqual(source);
    expect(await rig.sources.get(`${rig.root}/`, rig.catalog.id)).toEqual(source);
    await expect(rig.sources.get('/nowhere', rig.catalog.id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(rig.root),
    });
    await rig.store.dropCatalog(rig.catalog.id);
    expect(await rig.sources.list()).toEqual([]);
  });
});

describe('rules', () => {
  const EXCLUDE: SourceRules = { include: [], exclude: ['drafts/', '*-old.jpg'] };
  const FILES = { 'a.jpg': '1', 'a-old.jpg': '2', 'drafts/b.jpg': '3', 'sub/drafts/deep/c.jpg': '4' };

  it('take out the pictures that they leave out, for the number that was said', async () => {
    const rig = await rigWith(FILES);
    const source = await rig.sources.get(rig.root, rig.catalog.id);
    expect(await rig.sources.leftOut(source, EXCLUDE)).toBe(3);
    await expect(rig.sources.setRules(source, EXCLUDE, 2)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { images: 3 },
    });
    expect(await names(rig)).toHaveLength(4);
    await rig.sources.setRules(source, EXCLUDE, 3);
    expect(await names(rig)).toEqual(['a.jpg']);
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['a-old.jpg: excluded exclude: *-old.jpg', 'a.jpg: skipped unchanged']);
    await rig.sources.setRules(await rig.sources.get(rig.root, rig.catalog.id), NO_RULES, 0);
    await rig.importAll();
    expect(await names(rig)).toEqual(Object.keys(FILES).toSorted());
  });

  it('may say what is wanted, and count missing pictures too', async () => {
    const rig = await rigWith(FILES);
    await rm(join(rig.root, 'drafts'), { recursive: true });
    await rig.importAll();
    const source = await rig.sources.get(rig.root, rig.catalog.id);
    const rules = { include: ['sub/', 'a.*'], exclude: [] };
    expect(await rig.sources.leftOut(source, rules)).toBe(2);
    await rig.sources.setRules(source, rules, 2);
    expect(await names(rig)).toEqual(['a.jpg', 'sub/drafts/deep/c.jpg']);
  });

  it('are not changed while the source is imported', async () => {
    const rig = await rigWith(FILES);
    const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    const source = await rig.sources.get(rig.root, rig.catalog.id);
    const conflict = { code: 'CONFLICT', details: { importId: id } };
    await expect(rig.sources.setRules(source, EXCLUDE, 3)).rejects.toMatchObject(conflict);
    await expect(rig.sources.remove(source, 4)).rejects.toMatchObject(conflict);
    await expect(rig.sources.move(source, rig.dir)).rejects.toMatchObject(conflict);
  });

  it('can be set again by a host whose forerunner died while pictures left', async () => {
    for (let nth = 1; nth <= 3; nth++) {
      const rig = await rigWith(FILES);
      const source = await rig.sources.get(rig.root, rig.catalog.id);
      await expect(sourcesOf(rig, nth).setRules(source, EXCLUDE, 3)).rejects.toThrow('killed');
      await rig.sources.setRules(source, EXCLUDE, await rig.sources.leftOut(source, EXCLUDE));
      expect(await names(rig)).toEqual(['a.jpg']);
      expect(await rig.log.countKnown(rig.catalog.id, {})).toBe(1);
    }
  });
});

describe('tasks of a source', () => {
  it('that wait again are counted, and cancelled with their pictures', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1', 'drafts/b.jpg': '2' });
    const { id: importId } = await rig.imports.start({ catalogId: rig.catalog.id, path: rig.root });
    const stop = new AbortController();
    const onProgress = ({ counts }: ImportRun): void => void (counts.open === 2 && stop.abort());
    await rig.imports.run(importId, { signal: stop.signal, onProgress });
    await rig.imports.cancel(importId);
    await rig.queue.retry({ importId });
    const sources = sourcesOf(rig);
    const source = await sources.get(rig.root, rig.catalog.id);
    expect(source).toMatchObject({ pictures: 0, openTasks: 2 });

    const rules = { include: [], exclude: ['drafts/'] };
    expect(await sources.openTasks(source, rules)).toBe(1);
    await expect(sources.setRules(source, rules, 0)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'it would take out 0 pictures and cancel 1 tasks now, not 0',
    });
    expect(await sources.setRules(source, rules, 1)).toBe(1);
    await expect(sources.remove(source, 2)).rejects.toMatchObject({ details: { images: 0, tasks: 1 } });
    expect(await sources.remove(source, 1)).toBe(1);
    expect((await rig.queue.stats()).counts).toMatchObject({ waiting: 0, cancelled: 2 });
  });
});

describe('a source that is removed', () => {
  it('takes its pictures with it, and has no rules when it comes again', async () => {
    const rig = await rigWith({ 'a.jpg': '1', 'b.jpg': '2' });
    const source = await rig.sources.get(rig.root, rig.catalog.id);
    await rig.sources.setRules(source, { include: [], exclude: ['b.jpg'] }, 1);
    await expect(rig.sources.remove(source, 2)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await rig.sources.remove(source, 1);
    expect(await rig.sources.list()).toEqual([]);
    expect(await names(rig)).toEqual([]);
    expect(await rig.sources.at(rig.root, rig.catalog.id)).toBeNull();
    await rig.importAll();
    expect(await names(rig)).toEqual(['a.jpg', 'b.jpg']);
    expect(await rig.sources.list()).toMatchObject([{ rules: NO_RULES, pictures: 2 }]);
  });

  it('leaves its place to another', async () => {
    const rig = await rigWith({ 'a.jpg': '1' });
    const to = join(rig.dir, 'new-home');
    await rename(rig.root, to);
    await rig.importAll({ path: to });
    await rig.sources.remove(await rig.sources.get(to, rig.catalog.id), 1);
    await rig.write({ 'a.jpg': '1' });
    await rig.importAll();
    await rm(rig.root, { recursive: true });
    expect(await rig.sources.move(await rig.sources.get(rig.root, rig.catalog.id), to)).toBe(1);
    expect(await names(rig, to)).toEqual(['a.jpg']);
  });
});

describe('a source that lies elsewhere', () => {
  const FILES = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`${n % 2}/${n}.jpg`, `picture ${n}`]));

  it('keeps its records whole, marks and all, and no picture is read', async () => {
    const rig = await rigWith(FILES);
    await rm(join(rig.root, '0/0.jpg'));
    await rig.importAll();
    const tasks = (await rig.queue.stats()).totals.enqueued;
    const before = await rig.records();
    const to = join(rig.dir, 'new-home');
    await rename(rig.root, to);
    const source = await rig.sources.get(rig.root, rig.catalog.id);
    expect(await rig.sources.move(source, to)).toBe(6);
    expect(await rig.sources.list()).toMatchObject([{ id: source.id, path: to, pictures: 6, missing: 1 }]);
    const after = await rig.records();
    expect(after.map(({ canonicalName }) => canonicalName)).toEqual(
      before.map(({ canonicalName }) => canonicalName.replace(rig.root, to)),
    );
    expect(after.map(({ missingSince }) => missingSince)).toEqual(before.map(({ missingSince }) => missingSince));
    const run = await rig.importAll({ path: to });
    expect(run.counts).toMatchObject({ skipped: 5, missing: 0, indexed: 0 });
    expect((await rig.queue.stats()).totals.enqueued).toBe(tasks);
  });

  it('is moved by a second try after a crash at any write', async () => {
    for (let nth = 1; ; nth++) {
      const rig = await rigWith(FILES);
      // Its new name sorts first: the second try must not take what has moved already for what it looks for.
      const to = join(rig.dir, 'a-new-home');
      await rename(rig.root, to);
      const source = await rig.sources.get(rig.root, rig.catalog.id);
      const survived = await sourcesOf(rig, nth)
        .move(source, to)
        .then(
          () => true,
          () => false,
        );
      if (!survived) await rig.sources.move(source, to);
      expect(await names(rig, to)).toEqual(Object.keys(FILES).toSorted());
      expect((await rig.importAll({ path: to })).counts).toMatchObject({ skipped: 6, indexed: 0 });
      if (survived) break;
    }
  });

  it('is refused where nothing of it lies, in itself, and where another source is', async () => {
    const rig = await rigWith(FILES);
    const source = await rig.sources.get(rig.root, rig.catalog.id);
    const other = join(rig.dir, 'other');
    const invalid = { code: 'INVALID_INPUT' };
    await expect(rig.sources.move(source, other)).rejects.toMatchObject(invalid);
    await mkdir(other);
    await expect(rig.sources.move(source, other)).rejects.toMatchObject(invalid);
    await expect(rig.sources.move(source, join(rig.root, '0'))).rejects.toMatchObject(invalid);
    await writeFile(join(other, 'x.jpg'), 'x');
    await rig.importAll({ path: other });
    await expect(rig.sources.move(source, other)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await rig.sources.move(source, rig.root)).toBe(0);
  });
});

describe('prune', () => {
  it('takes out what is missing, keeps what came back, and asks for the number', async () => {
    const rig = await rigWith({ 'a.jpg': '1', 'b.jpg': '2', 'sub/c.jpg': '3', 'sub/d.jpg': '4' });
    for (const name of ['a.jpg', 'b.jpg', 'sub/c.jpg']) await rm(join(rig.root, name));
    await rig.importAll();
    expect(await missing(rig)).toEqual([true, true, true, false]);
    const { id } = rig.catalog;
    expect(await rig.sources.countMissing(id)).toBe(3);
    await expect(rig.sources.prune(id, undefined, 2)).rejects.toMatchObject({ details: { images: 3 } });
    expect(await rig.sources.prune(id, join(rig.root, 'sub'), 1)).toBe(1);
    expect(await names(rig)).toEqual(['a.jpg', 'b.jpg', 'sub/d.jpg']);
    await rig.write({ 'b.jpg': '2' });
    expect(await rig.sources.prune(id, undefined, 2)).toBe(1);
    expect(await names(rig)).toEqual(['b.jpg', 'sub/d.jpg']);
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['b.jpg: skipped same bytes', 'sub/d.jpg: skipped unchanged']);
    expect(await missing(rig)).toEqual([false, false]);
  });

  it('takes out what a manifest names no more, though its file is there', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1', 'b.jpg': '2', 'list.csv': 'path\na.jpg\nb.jpg\n' });
    rig.startWorker();
    const list = join(rig.root, 'list.csv');
    await rig.importAll({ path: list });
    await rig.write({ 'list.csv': 'path\na.jpg\n' });
    const run = await rig.importAll({ path: list });
    expect(await rig.lines(run.id)).toEqual(['a.jpg: skipped unchanged', 'b.jpg: missing not in the manifest']);
    expect(await sourcesOf(rig).prune(rig.catalog.id, undefined, 1)).toBe(1);
    expect(await names(rig)).toEqual(['a.jpg']);
  });
});
