import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Scope } from '../walk.ts';
import { openFileEvents } from './file-events.ts';
import type { WatchSettings, WatchState } from './options.ts';
import { watchFile } from './watch-file.ts';
import { watchTree } from './watch-tree.ts';

/** What the thread says; `ready` once, when the first look is done or goes on beside. */
export type WatchNews =
  { kind: 'touched'; touched: Scope[] } | { kind: 'state'; state: WatchState } | { kind: 'ready' };

/** What it is told. */
export type WatchOrder = { kind: 'touch'; folder: string } | { kind: 'close' };

/**
 * Entry of the thread that watches one source. A thread, because looks are cheap only when they are synchronous, because
 * what they cost can only be measured apart from all else, and because a file server that hangs hangs nobody else.
 */
const port = parentPort;
if (!port) throw new Error('watch-thread runs as a worker thread only');

const say = (news: WatchNews): void => port.postMessage(news);
const settings = workerData as WatchSettings;
const sink = {
  onTouched: (touched: Scope[]) => say({ kind: 'touched', touched }),
  onState: (state: WatchState) => say({ kind: 'state', state }),
};

const watching = isFile(settings.root)
  ? await watchFile(settings, sink)
  : await watchTree(settings, sink, openFileEvents);

port.on('message', async (order: WatchOrder) => {
  if (order.kind === 'touch') {
    watching.touch(order.folder);
    return;
  }
  await watching.close();
  port.close();
});
say({ kind: 'ready' });

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // a folder is waited for
  }
}
