import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { createWatcher, type Watcher } from '../../../../src-core/files/watch/create-watcher.ts';
import { openFileEvents } from '../../../../src-core/files/watch/file-events.ts';
import type { OpenEvents } from '../../../../src-core/files/watch/events.ts';
import { watchOptions, type WatchOptions, type WatchState } from '../../../../src-core/files/watch/options.ts';
import { watchTree } from '../../../../src-core/files/watch/watch-tree.ts';
import type { Scope } from '../../../../src-core/files/walk.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** What looking costs is not what these tests are about. */
const QUICK = { quietMs: 60, mostMs: 1_000, settleMs: 30, leastMs: 20, cpuShare: 1 } as const;

/** A folder with two of three pictures each: a, b. */
export async function pictureFolder(): Promise<string> {
  const root = join(await tempDir(), 'pictures');
  for (const name of ['a', 'b']) {
    await mkdir(join(root, name), { recursive: true });
    for (const n of [1, 2, 3]) await writeFile(join(root, name, `${n}.jpg`), 'a picture');
  }
  return root;
}

export interface Told {
  /** Answers so far, each a list of paths below the root, deep ones with `/**`. */
  answers: string[][];
  /** Waits until all of these were told since the last call, then forgets; answers in how many answers they came. */
  hears(...folders: string[]): Promise<number>;
}

function collectTold(root: string): Told & { add(touched: readonly Scope[]): void } {
  const answers: string[][] = [];
  return {
    answers,
    add(touched) {
      answers.push(touched.map(({ folder, deep }) => `.${folder.slice(root.length)}${deep ? '/**' : ''}`));
    },
    async hears(...folders) {
      await until(() => expect(answers.flat()).toEqual(expect.arrayContaining(folders)));
      return answers.splice(0).length;
    },
  };
}

export async function until(check: () => unknown): Promise<void> {
  await vi.waitFor(check, { timeout: 20_000, interval: 10 });
}

/** The watcher as others use it, in its thread. */
export async function watchThread(options: WatchOptions): Promise<Told & { watcher: Watcher }> {
  const watcher = await createWatcher({ ...QUICK, ...options });
  const told = collectTold(options.root);
  const stop = new AbortController();
  const listening = (async () => {
    while (!stop.signal.aborted) told.add(await watcher.next(stop.signal));
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  onTestFinished(async () => {
    stop.abort();
    await listening;
    await watcher.close();
  });
  return { ...told, watcher };
}

/** The watcher's inside in this very thread, with events of the test's own. */
export async function watchHere(options: WatchOptions, openEvents: OpenEvents = openFileEvents) {
  const told = collectTold(options.root);
  const states: WatchState[] = [];
  const settings = watchOptions.parse({ ...QUICK, ...options });
  const sink = { onTouched: told.add, onState: (state: WatchState) => void states.push(state) };
  const watching = await watchTree(settings, sink, openEvents);
  onTestFinished(() => watching.close());
  return { ...told, states, watching };
}
