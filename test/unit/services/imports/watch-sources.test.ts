import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createWatcher } from '../../../../src-core/files/watch/create-watcher.ts';
import { settingsSchema } from '../../../../src-core/settings/schema.ts';
import { createImportHost } from '../../../../src-main/services/imports/host.ts';
import { watchSources } from '../../../../src-main/services/imports/watch-sources.ts';
import { openRig, type Rig } from './rig.ts';

const UNTIL = { timeout: 20_000, interval: 20 };
const { hidden, defaultExcludes, followLinks, rescanMs } = settingsSchema.parse({}).imports;
const OPTIONS = { hidden, defaultExcludes, followLinks, rescanMs, mode: 'events' } as const;

/** As a server does. */
function watching({ imports, log }: Rig) {
  const troubles: string[] = [];
  const host = createImportHost({
    imports,
    onTrouble: (id, { code }) => void troubles.push(`${id} ${code}`),
    againMs: 20,
  });
  onTestFinished(() => host.close());
  const watch = watchSources({
    imports,
    log,
    resumeUnfinished: host.resumeUnfinished,
    openTouches: ({ path, rules }) => createWatcher({ root: path, rules, ...OPTIONS }),
    onTrouble: ({ path }, { code }) => void troubles.push(`${path} ${code}`),
    lookMs: 20,
    againMs: 50,
  });
  onTestFinished(() => watch.close());
  return { ...watch, troubles };
}

async function watchedRig() {
  const rig = await openRig();
  await rig.write({ 'a.jpg': '1', 'b.jpg': '2' });
  rig.startWorker();
  await rig.importAll();
  const [source] = await rig.log.sources();
  const names = async () => (await rig.records()).map(({ fileName, missingSince }) => [fileName, missingSince]);
  const until = (...all: string[]) =>
    vi.waitFor(async () => expect(await names()).toEqual(all.map((name) => [name, null])), UNTIL);
  return { ...rig, source: source!, names, until };
}

it('takes changes in as they happen, and those of the time between when it is begun again', async () => {
  const rig = await watchedRig();
  const { log, source, until } = rig;
  const first = watching(rig);
  await log.setWatch(source.id, true);
  await vi.waitFor(async () => expect((await log.latest(source.id))?.startedBy).toBe('watch'), UNTIL);
  await rig.write({ 'c.jpg': '3' });
  await until('a.jpg', 'b.jpg', 'c.jpg');
  await vi.waitFor(async () => expect((await log.latest(source.id))?.state).toBe('completed'), UNTIL);
  await first.close();

  // An import that has walked and goes on sees nothing new.
  const left = await rig.imports.start({ catalogId: rig.catalog.id, path: rig.root });
  await log.setWalked(left.id);
  await rig.write({ 'd.jpg': '4' });
  const second = watching(rig);
  await until('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg');
  await second.close();
  expect([first.troubles, second.troubles]).toEqual([[], []]);
});

it('marks nothing of a source that is away, and watches it again when it is back', async () => {
  const rig = await watchedRig();
  const { log, source, until, names, root } = rig;
  await rename(root, `${root}-unplugged`);
  const { troubles } = watching(rig);
  await log.setWatch(source.id, true);
  const runs = async () => (await log.latest(source.id))!;
  await vi.waitFor(async () => expect(await runs()).toMatchObject({ startedBy: 'watch', state: 'waiting' }), UNTIL);
  expect(await names()).toEqual([
    ['a.jpg', null],
    ['b.jpg', null],
  ]);
  await rename(`${root}-unplugged`, root);
  await rig.write({ 'c.jpg': '3' });
  await until('a.jpg', 'b.jpg', 'c.jpg');
  expect(troubles).toEqual([]);
});

it('leaves a paused import alone, and a source that is one no more', async () => {
  const rig = await watchedRig();
  const { log, imports, source, catalog, root } = rig;
  const paused = await imports.start({ catalogId: catalog.id, path: root });
  await imports.pause(paused.id);
  await log.setWatch(source.id, true);
  const { troubles } = watching(rig);
  const looks = vi.spyOn(log, 'latest');
  await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(2), UNTIL);
  expect((await imports.status(paused.id)).state).toBe('paused');
  await imports.cancel(paused.id);
  await vi.waitFor(async () => expect((await log.latest(source.id))?.state).toBe('completed'), UNTIL);

  await log.removeSource(source.id);
  await rm(join(root, 'a.jpg'));
  await expect(imports.start({ catalogId: catalog.id, path: root, sourceId: source.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await log.sources()).toEqual([]);
  expect(troubles).toEqual([]);
});

it('finishes what is underway in a source that is watched no more', async () => {
  const rig = await openRig();
  await rig.write({ 'a.jpg': '1' });
  const { id } = await rig.imports.start({ catalogId: rig.catalog.id, path: rig.root });
  await rig.imports.cancel(id);
  const [source] = await rig.log.sources();
  watching(rig);
  await rig.log.setWatch(source!.id, true);
  const latest = async () => (await rig.log.latest(source!.id))!;
  await vi.waitFor(async () => expect((await latest()).state).toBe('draining'), UNTIL);
  await rig.log.setWatch(source!.id, false);
  rig.startWorker();
  await vi.waitFor(async () => expect((await latest()).state).toBe('completed'), UNTIL);
});
