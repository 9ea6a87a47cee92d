import type { MaintainReport } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';
import type { QueueHooks } from './hooks.ts';
import { tellChanges } from './told.ts';

/** Scripts that one call runs at most; the rest is for the next call. */
const MAX_STEPS = 100;
const DAY_MS = 86_400_000;
const KEEP_MINUTES_MS = 30 * DAY_MS;
/** A silent worker is forgotten after this; workers have a new id at each start. */
const KEEP_WORKERS_MS = DAY_MS;

type Step = [
  promoted: number,
  reclaimed: number,
  trimmed: number,
  more: number,
  nextDueMs: number | null,
  told: number,
  plain: number,
  nothing: number,
];

export interface Maintained extends MaintainReport {
  /** Something lies under the name of the plain list. */
  plain: boolean;
  /** It is sure that no worker may claim anything. */
  nothing: boolean;
}

/** In steps of a few ms each, between which Redis serves others. Many may call it at once. */
export async function maintain(context: QueueContext, hooks: QueueHooks): Promise<Maintained> {
  const { keepCompletedMs, keepFailedMs, keepFailedMax, keepEvents, lostAfterMs } = context.settings;
  const report: Maintained = { promoted: 0, reclaimed: 0, trimmed: 0, nextDueMs: null, plain: false, nothing: false };
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const [promoted, reclaimed, trimmed, more, nextDueMs, told, plain, nothing] = await context.run<Step>(
      'maintain',
      keepCompletedMs,
      keepFailedMs,
      KEEP_MINUTES_MS,
      KEEP_WORKERS_MS,
      keepFailedMax,
      keepEvents,
      lostAfterMs,
    );
    report.promoted += promoted;
    report.reclaimed += reclaimed;
    report.trimmed += trimmed;
    report.nextDueMs = nextDueMs;
    report.plain = plain === 1;
    report.nothing = nothing === 1;
    if (told === 1) await tellChanges(context, hooks);
    if (more === 0) break;
  }
  return report;
}
