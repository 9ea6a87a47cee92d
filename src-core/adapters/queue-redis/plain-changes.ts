import { isOpen } from '../../domain/task.ts';
import type { TaskChange } from './hooks.ts';

/** A change that is to be written. `late`: another process may have written a newer one since. */
export interface PlainChange extends TaskChange {
  late: boolean;
}

interface Entry {
  change: TaskChange;
  /** When it was told, by a clock that goes on while the process is frozen. */
  since: number;
}

export interface PlainChangesOptions {
  write: (changes: readonly PlainChange[]) => Promise<void>;
  failed: (error: Error, count: number) => void;
}

export interface PlainChanges {
  add(changes: readonly TaskChange[]): void;
  /** Resolves when all that was added so far is written, or could not be. */
  flushed(): Promise<void>;
}

/**
 * How long the document of an open task waits, in ms: most tasks that are run at all quickly come to an end before, and
 * are written once instead of twice. An end is written at once.
 */
const OPEN_WAITS_MS = 100;
/** After this long a process was frozen, or Redis away; in both cases the task may be somebody else's by now. */
const LATE_MS = 2_000;
/** Between two tries of what could not be written. */
const AGAIN_MS = 1_000;
/** What could not be written is kept up to this many; Redis is away for long then. */
const MOST_KEPT = 20_000;

/** Gathers what became of tasks and hands it on in batches, one at a time; of one task only the newest. */
export function createPlainChanges({ write, failed }: PlainChangesOptions): PlainChanges {
  const waiting = new Map<string, Entry>();
  let running: Promise<void> | null = null;
  let flushing = false;
  let wake = Promise.withResolvers<void>();

  function isRipe({ change, since }: Entry, now: number): boolean {
    return flushing || !isOpen(change.state) || now - since >= OPEN_WAITS_MS;
  }

  function takeRipe(): Entry[] {
    const now = performance.now();
    const ripe = [...waiting.values()].filter((entry) => isRipe(entry, now));
    for (const { change } of ripe) waiting.delete(change.id);
    return ripe;
  }

  async function pause(ms: number): Promise<void> {
    const timer = setTimeout(wake.resolve, ms);
    await wake.promise;
    clearTimeout(timer);
    wake = Promise.withResolvers();
  }

  async function tryToWrite(entries: readonly Entry[]): Promise<void> {
    const now = performance.now();
    try {
      await write(entries.map(({ change, since }) => ({ ...change, late: now - since >= LATE_MS })));
    } catch (error) {
      failed(error as Error, entries.length);
      if (flushing) return;
      for (const entry of entries) {
        if (waiting.size < MOST_KEPT && !waiting.has(entry.change.id)) waiting.set(entry.change.id, entry);
      }
      await pause(AGAIN_MS);
    }
  }

  async function run(): Promise<void> {
    await Promise.resolve(); // all that is told in one go is written in one go
    while (waiting.size > 0) {
      const ripe = takeRipe();
      if (ripe.length > 0) await tryToWrite(ripe);
      else await pause(OPEN_WAITS_MS);
    }
    running = null;
  }

  return {
    add(changes) {
      if (changes.length === 0) return;
      const since = performance.now();
      for (const change of changes) waiting.set(change.id, { change, since });
      if (!running) running = run();
      else if (changes.some(({ state }) => !isOpen(state))) wake.resolve();
    },
    async flushed() {
      flushing = true;
      wake.resolve();
      await running;
      flushing = false;
    },
  };
}
