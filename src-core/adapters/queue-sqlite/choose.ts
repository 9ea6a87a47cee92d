import type { Claim } from '../../ports/task-queue.ts';
import type { Row } from '../sqlite/database.ts';
import { queueRow, type QueueContext } from './context.ts';
import { visibleSets } from './sight.ts';

export const NOTHING: Claim = { tasks: [], emptyHands: false };

/** What a claim would take now. */
export interface Choice {
  /** `tasks.n` of what is taken. */
  places: number[];
  alone: boolean;
  emptyHands: boolean;
  /** True: this worker is, or becomes, the one who takes the suspects. False: it was, and gives that up. */
  ownsSuspects?: boolean;
}

const NONE: Choice = { places: [], alone: false, emptyHands: false };

interface Candidate extends Row {
  n: number;
  priority: number;
}

/** Reads only, in time that depends on `max` and on the number of sets, not on how many tasks wait or are held. */
export function choose(context: QueueContext, workerId: string, max: number, now: number): Choice {
  const { paused, suspects_owner: owner, suspects_until: until } = queueRow(context);
  if (paused) return NONE;
  const isOwner = owner === workerId;
  const held = holding(context, workerId);
  const free = owner === null || isOwner || until === null || until <= now;
  // What was claimed alone stays alone.
  if (held.alone) return { ...NONE, emptyHands: true, ...(free ? { ownsSuspects: true } : {}) };

  const sets = visibleSets(context, workerId);
  const suspect = firstSuspect(context, sets);
  if (suspect !== undefined && free) {
    if (held.any) return { ...NONE, emptyHands: true, ownsSuspects: true };
    return { places: [suspect], alone: true, emptyHands: false, ownsSuspects: true };
  }
  return {
    ...NONE,
    places: firstInLine(context, sets, max),
    // Nothing left that it can see: whoever can may have the rest.
    ...(isOwner && suspect === undefined ? { ownsSuspects: false } : {}),
  };
}

function holding(context: QueueContext, workerId: string): { any: boolean; alone: boolean } {
  const row = context
    .sql(`SELECT count(*) AS held, max(alone) AS alone FROM tasks WHERE state = 'active' AND worker_id = ?`)
    .get<{ held: number; alone: number | null }>(workerId);
  return { any: (row?.held ?? 0) > 0, alone: row?.alone === 1 };
}

function firstSuspect(context: QueueContext, sets: readonly number[]): number | undefined {
  const first = context.sql(
    `SELECT n, suspect FROM tasks
     WHERE state = 'waiting' AND suspect IS NOT NULL AND held = 0 AND blind = ? ORDER BY suspect LIMIT 1`,
  );
  return sets
    .map((set) => first.get<{ n: number; suspect: number }>(set))
    .filter((row) => row !== undefined)
    .toSorted((a, b) => a.suspect - b.suspect)[0]?.n;
}

function firstInLine(context: QueueContext, sets: readonly number[], max: number): number[] {
  const line = context.sql(
    `SELECT n, priority FROM tasks
     WHERE state = 'waiting' AND suspect IS NULL AND held = 0 AND blind = ? ORDER BY priority, n LIMIT ?`,
  );
  return sets
    .flatMap((set) => line.all<Candidate>(set, max))
    .toSorted((a, b) => a.priority - b.priority || a.n - b.n)
    .slice(0, max)
    .map(({ n }) => n);
}
