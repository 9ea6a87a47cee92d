import { CHUNK, type QueueContext, type QueueSettings } from './context.ts';
import { MINUTE } from './minute.ts';

const DAY = 24 * 60 * MINUTE;
const KEEP_MINUTES = (30 * DAY) / MINUTE;
/** A silent worker is forgotten after this; workers have a new id at each start. */
const KEEP_WORKERS = DAY;

/** What may go: a SELECT of keys without its LIMIT, and the value of its one parameter. */
export interface Litter {
  table: string;
  key: string;
  keys: string;
  value: (settings: QueueSettings, now: number) => number;
  /** SQL for how many may go at most. */
  most?: string;
  /** Part of the report. */
  counted: boolean;
}

export const LITTER: readonly Litter[] = [
  {
    table: 'tasks',
    key: 'n',
    keys: `SELECT n FROM tasks WHERE state = 'completed' AND finished_at <= ?1`,
    value: (settings, now) => now - settings.keepCompletedMs,
    counted: true,
  },
  {
    table: 'tasks',
    key: 'n',
    keys: `SELECT n FROM tasks WHERE state = 'cancelled' AND finished_at <= ?1`,
    value: (settings, now) => now - settings.keepCompletedMs,
    counted: true,
  },
  {
    table: 'tasks',
    key: 'n',
    keys: `SELECT n FROM tasks WHERE state = 'failed' AND finished_at <= ?1`,
    value: (settings, now) => now - settings.keepFailedMs,
    counted: true,
  },
  {
    table: 'tasks',
    key: 'n',
    keys: `SELECT n FROM tasks WHERE state = 'failed' AND finished_at IS NOT NULL ORDER BY finished_at`,
    value: (settings) => settings.keepFailedMax,
    most: 'max(0, (SELECT failed FROM queue) - ?1)',
    counted: true,
  },
  {
    table: 'events',
    key: 'seq',
    keys: 'SELECT seq FROM events WHERE seq <= (SELECT max(seq) FROM events) - ?1',
    value: (settings) => settings.keepEvents,
    counted: true,
  },
  {
    table: 'minutes',
    key: 'minute',
    keys: 'SELECT minute FROM minutes WHERE minute < ?1',
    value: (_, now) => Math.floor(now / MINUTE) - KEEP_MINUTES,
    counted: true,
  },
  {
    table: 'claims',
    key: 'claim_id',
    keys: 'SELECT claim_id FROM claims WHERE keep_until <= ?1',
    value: (_, now) => now,
    counted: false,
  },
  {
    table: 'workers',
    key: 'worker_id',
    keys: 'SELECT worker_id FROM workers WHERE seen_at <= ?1',
    value: (_, now) => now - KEEP_WORKERS,
    counted: false,
  },
  {
    // Sets that no task is noted with any more.
    table: 'blind_sets',
    key: 'id',
    keys: `SELECT id FROM blind_sets WHERE id > ?1
           AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.blind <> 0 AND tasks.blind = blind_sets.id)`,
    value: () => 0,
    counted: false,
  },
];

/** Whether there is anything to drop. A read. */
export function hasAny(context: QueueContext, litter: Litter, now: number): boolean {
  const found = context.sql(limited(litter, 1)).get(litter.value(context.settings, now));
  return found !== undefined;
}

/** Drops a chunk of it. Answers how many. */
export function drop(context: QueueContext, litter: Litter, now: number): number {
  return context
    .sql(`DELETE FROM ${litter.table} WHERE ${litter.key} IN (${limited(litter, CHUNK)})`)
    .run(litter.value(context.settings, now)).changes;
}

function limited({ keys, most }: Litter, limit: number): string {
  return `${keys} LIMIT ${most === undefined ? limit : `min(${limit}, ${most})`}`;
}
