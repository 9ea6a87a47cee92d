import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ImportRun } from '../../../../src-core/domain/import.ts';
import type { Touches } from '../../../../src-main/services/imports/follow.ts';
import { createStillWritten } from '../../../../src-main/services/imports/still-written.ts';
import { openRig, type Rig } from './rig.ts';

/** A watcher whose touches the test makes. */
function handTouches() {
  const asked: string[] = [];
  let waiting: PromiseWithResolvers<{ folder: string; deep: boolean }[]> | null = null;
  const touches: Touches = {
    next(signal) {
      waiting = Promise.withResolvers();
      signal.addEventListener('abort', () => waiting?.reject(signal.reason));
      return waiting.promise;
    },
    touch: (folder) => void asked.push(folder),
    close: () => Promise.resolve(),
  };
  return {
    touches,
    asked,
    async tell(...folders: { folder: string; deep: boolean }[]) {
      await vi.waitFor(() => expect(waiting).not.toBeNull());
      const told = waiting;
      waiting = null;
      told?.resolve(folders);
    },
  };
}

async function following(rig: Rig, more: { manifest?: string; settleMs?: number } = {}) {
  const { settleMs = 0, ...request } = more;
  const hand = handTouches();
  const stop = new AbortController();
  const runs: ImportRun[] = [];
  const ended = rig.imports.follow(
    { catalogId: rig.catalog.id, path: rig.root, startedBy: 'cli', ...request },
    { signal: stop.signal, settleMs, openTouches: async () => hand.touches, onUpToDate: (run) => runs.push(run) },
  );
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  const nth = (n: number) => vi.waitFor(() => expect(runs.length).toBe(n), { timeout: 10_000 });
  await nth(1);
  return { ...hand, runs, nth };
}

describe('follow', () => {
  it('looks at the touched folders only, and marks what vanished from them', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1', 'sub/b.jpg': '2', 'sub/deep/c.jpg': '3', 'other/d.jpg': '4' });
    rig.startWorker();
    const { tell, runs, nth } = await following(rig);
    await rm(join(rig.root, 'sub/b.jpg'));
    await rm(join(rig.root, 'other/d.jpg'));
    await rig.write({ 'sub/e.jpg': '5' });
    await tell({ folder: join(rig.root, 'sub'), deep: false });
    await nth(2);
    expect(await rig.lines(runs[1]!.id)).toEqual(['sub/b.jpg: missing', 'sub/e.jpg: indexed']);
    await tell({ folder: join(rig.root, 'other'), deep: false });
    await nth(3);
    expect(await rig.lines(runs[2]!.id)).toEqual(['other/d.jpg: missing']);
    expect(runs.map(({ startedBy }) => startedBy)).toEqual(['cli', 'watch', 'watch']);
  });

  it('sees a folder that vanished or was renamed by the folder that it lay in', async () => {
    const rig = await openRig();
    await rig.write({ 'x/a/1.jpg': '1', 'x/b/2.jpg': '2', 'x/b/deep/3.jpg': '3', 'x/c/4.jpg': '4' });
    rig.startWorker();
    const { tell, runs, nth } = await following(rig);
    await rm(join(rig.root, 'x/a'), { recursive: true });
    await rename(join(rig.root, 'x/b'), join(rig.root, 'x/z'));
    await tell({ folder: join(rig.root, 'x'), deep: false }, { folder: join(rig.root, 'x/z'), deep: true });
    await nth(2);
    expect(await rig.lines(runs[1]!.id)).toEqual([
      'x/a/1.jpg: missing',
      'x/z/2.jpg: moved x/b/2.jpg',
      'x/z/deep/3.jpg: moved x/b/deep/3.jpg',
    ]);
    expect((await rig.records()).length).toBe(4);
  });

  it('leaves out a touched folder that a rule leaves out', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1' });
    rig.startWorker();
    const { tell, runs, nth } = await following(rig);
    await rig.write({ '@eaDir/b.jpg': '2', '.hidden/deep/c.jpg': '3' });
    await tell(
      { folder: join(rig.root, '@eaDir'), deep: true },
      { folder: join(rig.root, '.hidden/deep'), deep: true },
    );
    await nth(2);
    expect(await rig.lines(runs[1]!.id)).toEqual([]);
  });

  it('looks at everything again when the manifest has changed', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1', 'facts.csv': 'path,name\na.jpg,one\n' });
    rig.startWorker();
    const { tell, nth } = await following(rig, { manifest: join(rig.root, 'facts.csv') });
    await rig.write({ 'facts.csv': 'path,name\na.jpg,two and more\n' });
    await mkdir(join(rig.root, 'elsewhere'));
    await tell({ folder: join(rig.root, 'elsewhere'), deep: true });
    await nth(2);
    expect((await rig.records()).map(({ name }) => name)).toEqual(['two and more']);
  });

  it('waits for a file that is still being written', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1' });
    await utimes(join(rig.root, 'a.jpg'), 1_000, 1_000);
    rig.startWorker();
    const { tell, asked, runs, nth } = await following(rig, { settleMs: 60_000 });
    await rig.write({ 'b.jpg': 'half' });
    await tell({ folder: rig.root, deep: false });
    await nth(2);
    expect(await rig.lines(runs[1]!.id)).toEqual(['a.jpg: skipped unchanged']);
    await vi.waitFor(() => expect(asked).toEqual([rig.root]));
    await writeFile(join(rig.root, 'b.jpg'), 'whole');
    await utimes(join(rig.root, 'b.jpg'), 1_000, 1_000);
    await tell({ folder: rig.root, deep: false });
    await nth(3);
    expect(await rig.lines(runs[2]!.id)).toEqual(['a.jpg: skipped unchanged', 'b.jpg: indexed']);
  });
});

const file = (bytes: number, mtimeMs: number) => ({ path: '/p/a.jpg', bytes, mtimeMs });

describe('createStillWritten', () => {
  it('takes what has not changed for a while, by the file’s time or by what it saw itself', () => {
    let now = 10_000;
    const { isSettled, takeUnsettled } = createStillWritten(1_000, () => now);
    expect(isSettled(file(1, 9_000))).toBe(true);
    expect(isSettled(file(1, 9_500))).toBe(false);
    expect(takeUnsettled()).toEqual(['/p/a.jpg']);
    expect(takeUnsettled()).toEqual([]);
    // A server whose clock is an hour ahead.
    expect(isSettled(file(5, 3_600_000))).toBe(false);
    now += 999;
    expect(isSettled(file(6, 3_600_500))).toBe(false);
    now += 999;
    expect(isSettled(file(6, 3_600_500))).toBe(false);
    now += 1;
    expect(isSettled(file(6, 3_600_500))).toBe(true);
  });
});
