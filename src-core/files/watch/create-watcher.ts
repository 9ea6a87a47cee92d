import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import { threadEntry } from '../thread-entry.ts';
import type { Scope } from '../walk.ts';
import { watchOptions, type WatchOptions, type WatchState } from './options.ts';
import { collectTouched } from './touched.ts';
import type { WatchNews, WatchOrder } from './watch-thread.ts';

/** A thread that hangs in a file server is not waited for longer. */
const CLOSE_MS = 2_000;

export interface Watcher {
  readonly mode: WatchState['mode'];
  /** Why file events are not relied on; null when they are. Both may change while it watches. */
  readonly reason: string | null;
  /**
   * The folders that were touched since the last call, as soon as there are any and it is quiet. `deep`: the folder is new,
   * or gone, or nothing is known of what happened below it. Rejects with the signal's reason, with CANCELLED after `close`.
   */
  next(signal: AbortSignal): Promise<Scope[]>;
  /** Tells the folder again after `settleMs`. */
  touch(folder: string): void;
  /** Nothing is running any more when it resolves. */
  close(): Promise<void>;
}

/**
 * Watches a folder, or one file, in a thread of its own. Resolves when a walk that begins now cannot miss a change that
 * is not told later. A root that is away is waited for, and told when it comes. Throws INVALID_INPUT.
 */
export async function createWatcher(options: WatchOptions, onState?: (state: WatchState) => void): Promise<Watcher> {
  const settings = parseOrThrow(watchOptions, options, 'watch options');
  const thread = new Worker(threadEntry('watch-thread', import.meta.url), { workerData: settings });
  const touched = collectTouched(settings.root);
  const emitter = new EventEmitter();
  const ready = Promise.withResolvers<void>();
  const ended = once(thread, 'exit').catch(() => {});
  let state: WatchState = { mode: 'polling', reason: null };
  let failure: Error | null = null;

  function fail(error: Error): void {
    failure ??= error;
    ready.reject(failure);
    emitter.emit('news');
  }

  thread.on('message', (news: WatchNews) => {
    if (news.kind === 'ready') {
      ready.resolve();
    } else if (news.kind === 'state') {
      state = news.state;
      onState?.(state);
    } else {
      for (const each of news.touched) touched.add(each);
      emitter.emit('news');
    }
  });
  thread.on('error', (cause) => fail(new AppError('INTERNAL', `watching failed: ${String(cause)}`, { cause })));
  await ready.promise;

  const order = (what: WatchOrder): void => thread.postMessage(what, []);

  return {
    get mode() {
      return state.mode;
    },
    get reason() {
      return state.reason;
    },
    async next(signal) {
      for (;;) {
        signal.throwIfAborted();
        if (failure) throw failure;
        const all = touched.take();
        if (all.length > 0) return all;
        await once(emitter, 'news', { signal }).catch(() => signal.throwIfAborted());
      }
    },
    touch: (folder) => order({ kind: 'touch', folder }),
    async close() {
      fail(new AppError('CANCELLED', 'no longer watched'));
      order({ kind: 'close' });
      const late = new AbortController();
      await Promise.race([ended, sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(() => {})]);
      late.abort();
      void thread.terminate();
    },
  };
}
