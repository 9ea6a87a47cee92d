import { setTimeout as sleep } from 'node:timers/promises';
import { stat } from 'node:fs/promises';
import type { WatchSettings } from './options.ts';
import type { Watching, WatchSink } from './watch-tree.ts';

/** A source that is one file: a look at it now and then. While it is away nothing is told. */
export async function watchFile({ root, leastMs, settleMs }: WatchSettings, sink: WatchSink): Promise<Watching> {
  const closing = new AbortController();
  const tell = (): void => sink.onTouched([{ folder: root, deep: true }]);
  let before = await stampOf(root);

  async function look(): Promise<void> {
    for (;;) {
      await sleep(leastMs, undefined, { signal: closing.signal });
      const now = await stampOf(root);
      if (now === null || now === before) continue;
      before = now;
      tell();
    }
  }

  sink.onState({ mode: 'polling', reason: `${root} is a single file` });
  const looking = look().catch(ignoreAbort);
  const touches = new Set<Promise<void>>();
  return {
    touch() {
      const touch = sleep(settleMs, undefined, { signal: closing.signal }).then(tell, ignoreAbort);
      touches.add(touch);
    },
    async close() {
      closing.abort();
      await Promise.all([looking, ...touches]);
    },
  };
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}

async function stampOf(path: string): Promise<string | null> {
  return stat(path).then(
    ({ size, mtimeMs, ctimeMs, ino }) => `${ino} ${size} ${mtimeMs} ${ctimeMs}`,
    () => null,
  );
}
