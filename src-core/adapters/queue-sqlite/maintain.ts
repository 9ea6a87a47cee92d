import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MaintainReport } from '../../ports/task-queue.ts';
import { CHUNK, type QueueContext } from './context.ts';
import { nextDueAt, promoteDue } from './due.ts';
import { sweep, unswept } from './pause.ts';
import { failUnseen, hopelessSets } from './sight.ts';
import { takeBackExpired } from './stalls.ts';
import { drop, hasAny, LITTER } from './trim.ts';

/** Transactions that one call spends on one matter at most; the rest is for the next call. */
const MAX_STEPS = 40;

/** Looks first and takes the lock only for what is due, in steps of a chunk; the lock is free between them. */
export async function maintain(context: QueueContext): Promise<MaintainReport> {
  let promoted = 0;
  let reclaimed = 0;
  const due = await context.read((now) => {
    const at = nextDueAt(context);
    return at !== null && at <= now;
  });
  if (due) {
    reclaimed = await inSteps(context, (now) => takeBackExpired(context, now));
    promoted = await inSteps(context, (now) => promoteDue(context, now));
  }
  if (await context.read((now) => hopelessSets(context, now).length > 0)) {
    await inSteps(context, (now) => failUnseen(context, now));
  }
  for (const importId of await context.read(() => unswept(context))) {
    await inSteps(context, () => (sweep(context, importId) ? CHUNK : 0));
  }
  let trimmed = 0;
  for (const litter of LITTER) {
    if (!(await context.read((now) => hasAny(context, litter, now)))) continue;
    const dropped = await inSteps(context, (now) => drop(context, litter, now));
    if (litter.counted) trimmed += dropped;
  }
  const nextDueMs = await context.read((now) => {
    const at = nextDueAt(context);
    return at === null ? null : Math.max(0, at - now);
  });
  return { promoted, reclaimed, trimmed, nextDueMs };
}

/** Repeats a step, each in a transaction of its own, until one moved less than a chunk. Answers the sum. */
async function inSteps(context: QueueContext, step: (now: number) => number): Promise<number> {
  let sum = 0;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const moved = await context.write(step);
    sum += moved;
    if (moved < CHUNK) break;
    await nextTurn();
  }
  return sum;
}
