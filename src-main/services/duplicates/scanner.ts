import { EventEmitter, once } from 'node:events';
import { AppError, toAppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { DuplicateScan } from '../../../src-core/domain/duplicates.ts';
import type { DuplicateLog } from '../../../src-core/ports/duplicate-log.ts';
import type { Finder } from '../../../src-core/ports/finder.ts';
import { isDead, PROCESS_OWNER } from '../imports/owner.ts';

type Pairs = Pick<Finder, 'similarPairs'>;

/** Runs scans in the background of this process. */
export interface Scanner {
  /** CONFLICT while one of this catalog runs, in whatever process. */
  start(catalog: Catalog, images: number, leastScore: number, finder: Pairs): Promise<DuplicateScan>;
  /** Also one of another process, which then stops at its next step. Throws NOT_FOUND. */
  cancel(scanId: string): Promise<DuplicateScan>;
  /** When a scan of this process has ended. */
  ended(scanId: string): Promise<DuplicateScan>;
  /** When a scan of this process is further, or `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  /** Scans that run are cancelled. */
  close(): Promise<void>;
}

export function createScanner(log: DuplicateLog): Scanner {
  const running = new Map<string, Promise<void>>();
  const changes = new EventEmitter().setMaxListeners(0);
  let closed = false;

  /** Step by step, each a request of its own, so that searches get through in between. */
  async function run({ id, catalogId, leastScore }: DuplicateScan, finder: Pairs): Promise<void> {
    try {
      let cursor: string | null | undefined;
      while (cursor !== null) {
        if (closed) throw new AppError('CANCELLED', 'the process that ran it was stopped');
        const page = await finder.similarPairs({
          catalogId,
          minScore: leastScore,
          ...(cursor !== undefined && { cursor }),
        });
        if (!(await log.add(id, page))) return;
        changes.emit('change');
        cursor = page.next;
      }
      await log.end(id, 'completed');
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      await log.end(id, code === 'CANCELLED' ? 'cancelled' : 'failed', { code, message });
    } finally {
      changes.emit('change');
    }
  }

  return {
    async start({ id: catalogId }, images, leastScore, finder) {
      await log.endDead(isDead);
      const scan = await log.begin({ catalogId, leastScore, total: images, owner: PROCESS_OWNER });
      const done = run(scan, finder).finally(() => running.delete(scan.id));
      done.catch(() => {}); // told to whoever waits for it; else the log is gone, which the next that asks it meets
      running.set(scan.id, done);
      changes.emit('change');
      return scan;
    },

    async cancel(scanId) {
      const scan = await log.end(scanId, 'cancelled');
      changes.emit('change');
      return scan;
    },

    async changed(signal) {
      await once(changes, 'change', { signal }).catch(() => {}); // aborted
    },

    async ended(scanId) {
      await running.get(scanId);
      return log.scan(scanId);
    },

    async close() {
      closed = true;
      await Promise.allSettled(running.values());
    },
  };
}
