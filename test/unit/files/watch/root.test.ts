import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createWatcher } from '../../../../src-core/files/watch/create-watcher.ts';
import { runChild } from '../../../support/run-child.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { pictureFolder, watchThread } from './rig.ts';

describe.each(['events', 'polling'] as const)('by %s', (mode) => {
  test('a root that is away tells nothing, and all of it when it is back', async () => {
    const root = await pictureFolder();
    const { hears, answers } = await watchThread({ root, mode });
    await rename(root, `${root}-away`);
    await writeFile(join(`${root}-away`, 'a', 'meanwhile.jpg'), '');
    await rename(`${root}-away`, root);
    await hears('./a');
    await rename(root, `${root}-away`);
    await rm(join(`${root}-away`, 'b'), { recursive: true });
    await mkdir(root);
    await hears('./**');
    expect(answers.flat()).toEqual([]);
    await writeFile(join(root, 'new.jpg'), '');
    await hears('.');
  });

  test('a root that comes after', async () => {
    const root = join(await tempDir(), 'later');
    const { hears } = await watchThread({ root, mode });
    await mkdir(root);
    await hears('./**');
    await writeFile(join(root, '1.jpg'), '');
    await hears('.');
  });
});

test('a root that went away in a burst tells nothing of it', async () => {
  const root = await pictureFolder();
  const { hears, answers } = await watchThread({ root, mode: 'events', quietMs: 1_000, mostMs: 1_000 });
  await writeFile(join(root, 'a', 'new.jpg'), '');
  await rename(root, `${root}-away`);
  await mkdir(root);
  await hears('./**');
  expect(answers).toEqual([]);
});

test('a source that is one file', async () => {
  const root = join(await tempDir(), 'one.jpg');
  await writeFile(root, 'a');
  const { hears, watcher } = await watchThread({ root });
  expect(watcher.reason).toBe(`${root} is a single file`);
  await writeFile(root, 'bb');
  await hears('./**');
  await rename(root, `${root}.away`);
  await rename(`${root}.away`, root);
  watcher.touch(root);
  await hears('./**');
});

test('what it is given is checked', async () => {
  await expect(watchThread({ root: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('waiting ends with its signal, and with the watcher', async () => {
  const watcher = await createWatcher({ root: await pictureFolder() });
  const stop = new AbortController();
  const waiting = watcher.next(stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  const last = watcher.next(new AbortController().signal);
  last.catch(() => {}); // it rejects before anybody awaits it
  await watcher.close();
  await watcher.close();
  await expect(last).rejects.toMatchObject({ code: 'CANCELLED' });
});

test.each(['events', 'polling'])(
  'a process that closes its watcher of %s ends by itself, changes underway or not',
  async (mode) => {
    const root = await pictureFolder();
    const told = await runChild<unknown>(join(import.meta.dirname, 'close-child.ts'), [root, mode]);
    expect(told).toEqual([{ folder: join(root, 'a'), deep: false }]);
  },
);
