import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError, type AppError } from '../../../src-core/domain/app-error.ts';
import type { Source } from '../../../src-core/domain/import.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { Touches } from './follow.ts';
import type { Imports } from './imports.ts';

export interface WatchDeps {
  imports: Pick<Imports, 'follow'>;
  log: Pick<ImportLog, 'sources' | 'latest'>;
  /** Drives imports on that are underway: one of a source that is watched no more is to be finished. */
  resumeUnfinished: () => Promise<void>;
  openTouches: (source: Source) => Promise<Touches>;
  /** A source cannot be watched now; it is tried again. Told once for the same trouble. */
  onTrouble: (source: Source, error: AppError) => void;
  /** Between two looks at what is to be watched, which other processes may change, in ms. */
  lookMs?: number;
  /** Before a source is tried again that could not be watched, in ms. */
  againMs?: number;
}

const LOOK_MS = 1_000;
const AGAIN_MS = 5_000;

interface Watched {
  /** What the watcher was opened for. */
  as: string;
  stop: AbortController;
  ended: Promise<void>;
}

/** Follows the sources that are to be watched, for as long as this process lives. `close` is idempotent. */
export function watchSources(deps: WatchDeps): { close(): Promise<void> } {
  const { imports, log, resumeUnfinished, openTouches, onTrouble, lookMs = LOOK_MS, againMs = AGAIN_MS } = deps;
  const stopping = new AbortController();
  const watched = new Map<string, Watched>();

  async function look(): Promise<void> {
    const wanted = new Map((await log.sources()).filter(({ watch }) => watch).map((source) => [source.id, source]));
    for (const [id, { as, stop, ended }] of watched) {
      const source = wanted.get(id);
      if (source && asOf(source) === as) continue;
      stop.abort();
      await ended;
      watched.delete(id);
      if (!source) await resumeUnfinished();
    }
    for (const [id, source] of wanted) {
      if (watched.has(id)) continue;
      const stop = new AbortController();
      watched.set(id, { as: asOf(source), stop, ended: keep(source, stop.signal) });
    }
  }

  async function keep(source: Source, signal: AbortSignal): Promise<void> {
    let told: string | null = null;
    while (!signal.aborted) {
      try {
        await followOnce(source, signal);
      } catch (thrown) {
        const error = toAppError(thrown);
        // Another import of it goes on, or it is no source any more, which the next look sees.
        const isNews = error.code !== 'CONFLICT' && error.code !== 'NOT_FOUND' && error.message !== told;
        if (isNews && !signal.aborted) onTrouble(source, error);
        told = error.message;
      }
      await sleep(againMs, undefined, { signal }).catch(() => {}); // aborted
    }
  }

  async function followOnce(source: Source, signal: AbortSignal): Promise<void> {
    const { id, catalogId, path } = source;
    const last = await log.latest(id);
    // Starting it would let it go on.
    if (last?.state === 'paused') return;
    const before = { manifest: last?.manifest ?? undefined, priority: last?.priority };
    await imports.follow({ catalogId, path, sourceId: id, startedBy: 'watch', ...before }, { signal, openTouches });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      // A log that cannot be read now is asked again.
      await look().catch(() => {});
      await sleep(lookMs, undefined, { signal: stopping.signal }).catch(() => {}); // aborted
    }
    for (const { stop } of watched.values()) stop.abort();
    await Promise.all([...watched.values()].map(({ ended }) => ended));
  }

  const ended = run();
  return {
    close() {
      stopping.abort();
      return ended;
    },
  };
}

function asOf({ path, rules }: Source): string {
  return JSON.stringify([path, rules]);
}
