import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError } from '../../../src-core/domain/app-error.ts';
import type { ImportRun, Source } from '../../../src-core/domain/import.ts';
import type { Scope } from '../../../src-core/files/walk.ts';
import type { Imports, StartRequest } from './imports.ts';
import type { RunOptions } from './job.ts';
import { createStillWritten } from './still-written.ts';

/** Tells which folders of a source were touched; src-core/files/watch has the real one. */
export interface Touches {
  /** Resolves when something was touched and it has been quiet for a moment; rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<readonly Scope[]>;
  /** A folder that has to be looked at again in a moment. */
  touch(folder: string): void;
  close(): Promise<void>;
}

export interface FollowOptions extends Omit<RunOptions, 'scope' | 'isSettled' | 'impatient'> {
  signal: AbortSignal;
  /** A file that was changed less long ago may still be written. */
  settleMs?: number;
  /** Opens the watcher of the source; it is opened before the first look, so that nothing falls in between. */
  openTouches: (source: Source) => Promise<Touches>;
  /** An import has ended: the catalog is as the folder is. */
  onUpToDate?: (run: ImportRun) => void;
}

const SETTLE_MS = 1_000;
/** Between two looks at a manifest, and before another process that imports the same source is asked again. */
const LOOK_MS = 2_000;

/**
 * Keeps a source imported until the signal aborts: once whole, then by the folders that are touched, whole again when its
 * manifest has changed. Each import is one of its own, with a ledger. Throws what `start` throws, and defects.
 */
export async function follow(
  imports: Pick<Imports, 'start' | 'run' | 'sourceOf'>,
  request: StartRequest,
  options: FollowOptions,
): Promise<void> {
  const { signal, settleMs = SETTLE_MS, openTouches, onUpToDate, ...runOptions } = options;
  const { isSettled, takeUnsettled } = createStillWritten(settleMs);
  const manifests = new Set(request.manifest === undefined ? [] : [resolve(request.manifest)]);
  let run = await imports.start(request);
  const source = await imports.sourceOf(run.id);
  if (source.kind === 'manifest') manifests.add(source.path);
  const touches = await openTouches(source);
  let stamps = await stampsOf(manifests);
  let scope: readonly Scope[] | undefined;
  try {
    while (!signal.aborted) {
      // One that goes on has looked before: what was to be looked at now is looked at by another.
      const hasLooked = run.walked;
      run = await imports.run(run.id, { ...runOptions, signal, isSettled, ...(scope && { scope }) });
      if (signal.aborted) return;
      onUpToDate?.(run);
      for (const path of takeUnsettled()) touches.touch(dirname(path));
      if (!hasLooked) scope = await nextScope();
      if (signal.aborted) return;
      run = await startAgain();
    }
  } finally {
    await touches.close();
  }

  /** What to look at next; undefined: all. */
  async function nextScope(): Promise<readonly Scope[] | undefined> {
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    try {
      const touched = await Promise.race([
        touches.next(both),
        ...(manifests.size > 0 ? [untilManifestChanges(both)] : []),
      ]);
      const now = await stampsOf(manifests);
      const changed = now !== stamps;
      stamps = now;
      return changed || source.kind === 'manifest' ? undefined : touched;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      stop.abort();
    }
  }

  async function untilManifestChanges(either: AbortSignal): Promise<undefined> {
    for (;;) {
      await sleep(LOOK_MS, undefined, { signal: either });
      if ((await stampsOf(manifests)) !== stamps) return;
    }
  }

  /** Another process may be importing the same source; then it is this one's turn afterwards. */
  async function startAgain(): Promise<ImportRun> {
    for (;;) {
      try {
        return await imports.start({ ...request, startedBy: 'watch' });
      } catch (error) {
        if (toAppError(error).code !== 'CONFLICT') throw error;
        await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return run;
      }
    }
  }
}

async function stampsOf(paths: ReadonlySet<string>): Promise<string> {
  const stamps = [...paths].map((path) =>
    stat(path).then(
      ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
      () => 'away',
    ),
  );
  return (await Promise.all(stamps)).join('\n');
}
