import { mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_RULES, type SourceRules } from '../../../../src-core/domain/import.ts';
import { settingsSchema } from '../../../../src-core/settings/schema.ts';
import type { Known } from '../../../../src-main/services/plan/judge.ts';
import { planImports, type Plan, type PlanDeps } from '../../../../src-main/services/plan/plan-imports.ts';
import type { Scratch } from '../../../../src-main/services/plan/scratch.ts';
import { createSources } from '../../../../src-main/services/sources.ts';
import { randomFrom } from '../../../support/random.ts';
import { openRig, type Rig } from '../imports/rig.ts';

const settings = settingsSchema.parse({ imports: { batch: 4 } });

/** A data dir to throw away, whose worker is the rig's toy. */
async function openScratch(): Promise<Scratch> {
  const { dir, log, queue, store, imports, startWorker } = await openRig();
  return {
    folder: dir,
    settings,
    log,
    queue,
    store,
    imports,
    ensureCatalog: (name) => store.ensureCatalog({ name, model: 'toy', dimension: 2 }),
    startWorkers: async () => {
      startWorker();
      return { failed: new Promise(() => {}), kill: async () => {} };
    },
  };
}

function knownIn({ catalog, log, queue, store }: Rig): Known {
  return { catalog, log, store, leftOut: createSources({ log, queue, store, settings }).leftOut };
}

interface Wanted {
  path?: string;
  manifest?: string;
  rules?: SourceRules;
  deps?: Partial<PlanDeps>;
  signal?: AbortSignal;
}

async function planOf(
  rig: Rig,
  { path = rig.root, manifest, rules = NO_RULES, deps, signal }: Wanted = {},
): Promise<Plan> {
  const scratch = await openScratch();
  return planImports(
    { scratch, known: knownIn(rig), workers: 1, cores: 2, random: randomFrom(7).uniform, ...deps },
    { catalog: 'default', paths: [{ path, manifest, rules }] },
    { signal: signal ?? new AbortController().signal },
  );
}

function prefixed(prefix: string, counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).map(([key, number]) => [`${prefix} ${key}`, number]);
}

/** Files by class, without the classes that have none. */
function filesOf({ total }: Plan): Record<string, number> {
  const { found, missing, leaving, sidecars, excluded, failed } = total;
  const classes = ['new', 'changed', 'unchanged', 'back', 'updated', 'moved'] as const;
  const all = [
    ...Object.entries({ found, missing, leaving, sidecars }),
    ...classes.map((name) => [name, total[name].files] as const),
    ...prefixed('excluded', excluded),
    ...prefixed('failed', failed),
  ];
  return Object.fromEntries(all.filter(([, number]) => number > 0));
}

describe('a folder', () => {
  it('is counted as the import that follows finds it', async () => {
    const rig = await openRig();
    rig.startWorker();
    const at = (name: string): string => join(rig.root, name);
    const manifest = join(rig.dir, 'facts.csv');
    await writeFile(manifest, 'path,name\npictures/told.jpg,Old\npictures/same-name.jpg,Same\n');
    await rig.write({
      'same.jpg': 'same',
      'same-name.jpg': 'same name',
      'told.jpg': 'told',
      'changed.jpg': 'changed',
      'renamed.jpg': 'renamed',
      'gone.jpg': 'gone',
      'away.jpg': 'away',
      'old/a.jpg': 'a',
      'old/b.jpg': 'b',
      'words.xmp': 'no xmp',
    });
    await rig.importAll({ manifest });
    await rename(at('away.jpg'), join(rig.dir, 'away.jpg'));
    await rig.importAll({ manifest });

    await rename(join(rig.dir, 'away.jpg'), at('away.jpg'));
    await rename(at('renamed.jpg'), at('new-name.jpg'));
    await rename(at('old'), at('young'));
    await rm(at('gone.jpg'));
    await symlink(at('nowhere'), at('broken.jpg'));
    await rig.write({
      'changed.jpg': 'changed it is',
      'fresh.png': 'fresh',
      'fresh.TIF': 'fresh too',
      '.hidden.jpg': '',
      'notes.txt': '',
      'Thumbs.db': '',
      '@eaDir/thumb.jpg': '',
      'words.xmp': 'still no xmp',
    });
    await writeFile(
      manifest,
      'path,name\npictures/told.jpg,New\npictures/same-name.jpg,Same\nno-such.jpg,Nothing\nsame.jpg\n',
    );

    const plan = await planOf(rig, { manifest });
    expect(filesOf(plan)).toEqual({
      found: 17,
      new: 2,
      changed: 1,
      unchanged: 2,
      back: 1,
      updated: 1,
      moved: 3,
      sidecars: 1,
      missing: 1,
      'excluded hidden': 1,
      'excluded extension': 1,
      'excluded default: Thumbs.db': 1,
      'excluded sidecar': 1,
      'failed FILE_NOT_FOUND': 3,
    });
    expect(plan.total.new.bytes).toBe('fresh'.length + 'fresh too'.length);
    expect(plan.total.formats).toEqual({
      jpg: { files: 8, bytes: 43, toIndex: { files: 1, bytes: 13 } },
      png: { files: 1, bytes: 5, toIndex: { files: 1, bytes: 5 } },
      tif: { files: 1, bytes: 9, toIndex: { files: 1, bytes: 9 } },
    });
    expect(plan.total.folders).toEqual({ 'default: @eaDir': 1 });
    expect(plan.leftOut).toEqual([{ path: at('@eaDir'), rule: 'default: @eaDir' }]);

    const { counts } = await rig.importAll({ manifest });
    const { total } = plan;
    expect({ ...counts }).toEqual({
      open: 0,
      cancelled: 0,
      indexed: total.new.files + total.changed.files,
      skipped: total.unchanged.files + total.back.files,
      updated: total.updated.files,
      moved: total.moved.files,
      missing: total.missing,
      // The sidecar that is no XMP turns from excluded to failed when it is read.
      excluded: 4 - 1,
      failed: 3 + 1,
    });
  });

  it('that is new needs no catalog, and its sample is indexed elsewhere', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': 'a', 'deep/b.jpg': 'b', 'deep/c.png': 'bad' });
    const { total, time } = await planOf(rig, { deps: { known: null } });
    expect(total).toMatchObject({ found: 3, new: { files: 3 }, missing: 0 });
    expect(time).toMatchObject({ sampled: 3, ms: expect.toSatisfy((ms: number) => ms > 0) });
    expect(await rig.records()).toEqual([]);
    expect(await rig.log.sources()).toEqual([]);
    expect(await rig.log.listImports(10)).toEqual([]);
    expect((await rig.queue.stats()).totals.enqueued).toBe(0);
  });

  it('tells what its rules and new ones leave out, and what leaves the catalog by them', async () => {
    const rig = await openRig();
    rig.startWorker();
    await rig.write({ 'a.jpg': 'a', 'drafts/b.jpg': 'b', 'c.bak.jpg': 'c' });
    await rig.importAll();
    const rules = { include: [], exclude: ['drafts/', '*.bak.jpg'] };
    const plan = await planOf(rig, { rules });
    expect(filesOf(plan)).toEqual({ found: 2, unchanged: 1, leaving: 2, 'excluded exclude: *.bak.jpg': 1 });
    expect(plan.total.folders).toEqual({ 'exclude: drafts/': 1 });
    expect((await rig.log.sources())[0]?.rules).toEqual(NO_RULES);
  });

  it('with cloud placeholders counts them as excluded, unless they are fetched', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': 'a', 'b.jpg': '' });
    await truncate(join(rig.root, 'b.jpg'), 1_000_000);
    const plan = await planOf(rig);
    // Only macOS and Windows have them; elsewhere it is a sparse file.
    const sparse = process.platform === 'linux' ? { new: 2 } : { new: 1, 'excluded cloud-placeholder': 1 };
    expect(filesOf(plan)).toEqual({ found: 2, ...sparse });
  });

  it('that is empty, or not there, where pictures were is said as the import would', async () => {
    const rig = await openRig();
    rig.startWorker();
    await rig.write({ 'a.jpg': 'a' });
    await rig.importAll();
    await rm(join(rig.root, 'a.jpg'));
    await expect(planOf(rig)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('empty'),
    });
    await rm(rig.root, { recursive: true });
    await expect(planOf(rig)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await expect(planOf(rig, { path: join(rig.dir, 'never') })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('a manifest', () => {
  it('is counted as the import that follows finds it', async () => {
    const rig = await openRig();
    rig.startWorker();
    await rig.write({ 'a.jpg': 'a', 'b.jpg': 'b', 'c.jpg': 'c', 'd.jpg': 'd', 'e.jpg': 'e' });
    const path = join(rig.root, 'list.csv');
    await writeFile(path, 'path,name\na.jpg,A\nb.jpg,B\nc.jpg,C\nd.jpg,D\n');
    await rig.importAll({ path });
    await rm(join(rig.root, 'd.jpg'));
    // b says something else, c is named no more, e is new, one line is bad, one repeats, one names nothing.
    await writeFile(path, 'path,name\na.jpg,A\nb.jpg,Bee\nd.jpg,D\ne.jpg,E\n,nothing\na.jpg,again\nnever.jpg,N\n');

    const plan = await planOf(rig, { path });
    expect(plan.sources).toMatchObject([{ kind: 'manifest', path }]);
    expect(filesOf(plan)).toEqual({
      found: 6,
      new: 1,
      unchanged: 1,
      updated: 1,
      missing: 2,
      'failed INVALID_MANIFEST': 2,
      'failed FILE_NOT_FOUND': 1,
    });
    const { counts } = await rig.importAll({ path });
    expect(counts).toMatchObject({ indexed: 1, skipped: 1, updated: 1, missing: 2, failed: 3 });
  });

  it('that names nothing any more is said as the import would', async () => {
    const rig = await openRig();
    rig.startWorker();
    await rig.write({ 'a.jpg': 'a' });
    const path = join(rig.root, 'list.csv');
    await writeFile(path, 'path\na.jpg\n');
    await rig.importAll({ path });
    await writeFile(path, 'path\n');
    await expect(planOf(rig, { path })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('the time', () => {
  it('is that of looking where nothing is to be indexed', async () => {
    const rig = await openRig();
    rig.startWorker();
    await rig.write({ 'a.jpg': 'a' });
    await rig.importAll();
    const { time } = await planOf(rig);
    expect(time).toMatchObject({ sampled: 0, picturesPerSecond: null });
  });

  it('is not known without workers', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': 'a' });
    expect((await planOf(rig, { deps: { workers: 0 } })).time).toEqual({ unknown: 'no workers' });
  });

  it('is not known when Ctrl-C comes during the sample; the counts are told all the same', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': 'a' });
    const stop = new AbortController();
    const scratch = await openScratch();
    let killed = 0;
    const startWorkers: Scratch['startWorkers'] = async () => {
      stop.abort();
      return { failed: new Promise(() => {}), kill: async () => void killed++ };
    };
    const deps = { scratch: { ...scratch, startWorkers } };
    const { time, total } = await planOf(rig, { deps, signal: stop.signal });
    expect({ time, found: total.found, killed }).toEqual({ time: { unknown: 'stopped' }, found: 1, killed: 1 });
  });

  it('fails when no worker can ever run', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': 'a' });
    const scratch = await openScratch();
    const failed = Promise.reject(new Error('no model'));
    failed.catch(() => {});
    const startWorkers: Scratch['startWorkers'] = async () => ({ failed, kill: async () => {} });
    await expect(planOf(rig, { deps: { scratch: { ...scratch, startWorkers } } })).rejects.toThrow('no model');
  });
});

it('stops with the signal’s reason before all files are found', async () => {
  const rig = await openRig();
  await rig.write({ 'a.jpg': 'a' });
  await expect(planOf(rig, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
});

it('adds up what lies under several paths', async () => {
  const rig = await openRig();
  await rig.write({ 'one/a.jpg': 'a', 'two/b.jpg': 'b', 'two/c.png': 'c', 'two/.d.png': 'd' });
  await mkdir(join(rig.root, 'three'));
  await utimes(join(rig.root, 'one/a.jpg'), 1, 1);
  const paths = ['one', 'two', 'three'].map((name) => ({
    path: join(rig.root, name),
    manifest: undefined,
    rules: NO_RULES,
  }));
  const plan = await planImports(
    { scratch: await openScratch(), known: null, workers: 1, cores: 2 },
    { catalog: 'default', paths },
    { signal: new AbortController().signal },
  );
  expect(filesOf(plan)).toEqual({ found: 4, new: 3, 'excluded hidden': 1 });
  expect(plan.sources.map(({ tally }) => tally.found)).toEqual([1, 3, 0]);
  expect(plan.time).toMatchObject({ sampled: 3 });
});
