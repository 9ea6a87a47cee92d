import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Events, Listener } from './events.ts';

/** What Linux's kernel keeps by default. */
const QUEUED_EVENTS = 16_384;
/** These systems watch a whole tree at once; Linux knows single folders only. */
const WATCHES_TREES = process.platform === 'darwin' || process.platform === 'win32';

/**
 * File events by Node's own watching, a watch per folder where the system has no better. Tried and left on Linux:
 * @parcel/watcher keeps every file in memory (26 MB and 400 ms of CPU for 100,000 files in 1,000 folders; this 0.3 MB and
 * 20 ms), never watches what lay in a folder that is made or moved in whole, gives up at one unreadable folder, keeps
 * quiet when the kernel's queue ran over, and loads into one thread of a process only.
 */
export async function openFileEvents(
  root: string,
  { hear, lost }: Listener,
  watchesTrees = WATCHES_TREES,
): Promise<Events> {
  const watches = new Map<string, FSWatcher>();
  const limit = queueLimit() / 2;
  let heardInTurn = 0;

  /**
   * The kernel drops what does not fit in its queue, and Node passes over its note of it. But a queue is read to its end
   * in one turn of the loop, so that one that ran over shows as a turn of very many events.
   */
  function count(): void {
    if (heardInTurn === 0) setImmediate(() => (heardInTurn = 0));
    heardInTurn++;
    if (heardInTurn === limit) lost();
  }

  function onEvent(folder: string, type: string, name: string | null): void {
    count();
    const content = type === 'change';
    if (!watchesTrees) hear(folder, name, content);
    else if (name === null)
      lost(); // so Windows says that its buffer ran over
    else hear(dirname(join(root, name)), basename(name), content);
  }

  function unwatch(folder: string): void {
    watches.get(folder)?.close();
    watches.delete(folder);
  }

  return {
    watch(folder) {
      unwatch(folder);
      if (watchesTrees && folder !== root) return;
      try {
        const watcher = watch(folder, { recursive: watchesTrees }, (type, name) => onEvent(folder, type, name));
        watcher.on('error', () => unwatch(folder));
        watches.set(folder, watcher);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOSPC' || code === 'EMFILE' || code === 'ENOMEM') throw error;
      }
    },
    unwatch,
    async close() {
      for (const folder of watches.keys()) unwatch(folder);
    },
  };
}

function queueLimit(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
  } catch {
    return QUEUED_EVENTS;
  }
}
