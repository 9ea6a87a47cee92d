import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { HistoryPoint, QueueStats } from '../../ports/task-queue.ts';
import type { Row } from '../sqlite/database.ts';
import { queueRow, type QueueContext } from './context.ts';
import { MINUTE } from './minute.ts';

const MAX_POINTS = 2_000;
const range = z.tuple([z.number(), z.number(), z.number()]);

/** Totals and depth at the end of a minute. */
interface MinuteRow extends Row, Omit<HistoryPoint, 'at'> {
  minute: number;
}

const SUMS = ['enqueued', 'completed', 'failed', 'retried', 'stalled'] as const;

/** The steps from the one that holds `fromMs` to the one that holds `toMs` or this moment. */
export async function history(
  context: QueueContext,
  fromMs: number,
  toMs: number,
  stepMs: number,
): Promise<HistoryPoint[]> {
  const [from, to, by] = parseOrThrow(range, [fromMs, toMs, stepMs], 'history');
  const step = Math.max(1, Math.ceil(by / MINUTE));
  return context.read((now) => {
    const end = Math.floor(Math.min(to, now) / MINUTE) + 1;
    const start = Math.max(Math.floor(from / MINUTE), end - MAX_POINTS * step);
    const rows = minutesFrom(context, start);
    const points: HistoryPoint[] = [];
    let next = 0;
    let before = rows[0];
    for (let minute = start; minute < end && before; minute += step) {
      let last: MinuteRow = before;
      for (let row = rows[next]; row && row.minute < minute + step; row = rows[++next]) last = row;
      points.push(pointBetween(before, last, minute * MINUTE));
      before = last;
    }
    return points;
  });
}

function pointBetween(before: MinuteRow, last: MinuteRow, at: number): HistoryPoint {
  const sums = Object.fromEntries(SUMS.map((key) => [key, last[key] - before[key]])) as Record<
    (typeof SUMS)[number],
    number
  >;
  return { at, ...sums, waiting: last.waiting, active: last.active, delayed: last.delayed };
}

/** The last end before `minute` (or the oldest there is), then all after it, then the counts of this moment. */
function minutesFrom(context: QueueContext, minute: number): MinuteRow[] {
  const rows = context
    .sql(
      `SELECT * FROM minutes
       WHERE minute >= coalesce((SELECT max(minute) FROM minutes WHERE minute < ?), 0) ORDER BY minute`,
    )
    .all<MinuteRow>(minute);
  const { total_enqueued, total_completed, total_failed, total_retried, total_stalled, ...row } = queueRow(context);
  rows.push({
    minute: row.minute,
    enqueued: total_enqueued,
    completed: total_completed,
    failed: total_failed,
    retried: total_retried,
    stalled: total_stalled,
    waiting: row.waiting,
    active: row.active,
    delayed: row.delayed,
  });
  return rows;
}

/**
 * Tasks finished a minute, over the last 1, 5 and 15. Within a minute the finished are taken as evenly spread, which is
 * off by less than one minute's share and needs no finer log.
 */
export function throughput(context: QueueContext, now: number): QueueStats['throughput'] {
  const rows = minutesFrom(context, Math.floor(now / MINUTE) - 15);
  const finishedSince = (from: number): number => {
    let sum = 0;
    for (const [index, row] of rows.entries()) {
      const before = rows[index - 1];
      if (!before) continue;
      const count = row.completed + row.failed - before.completed - before.failed;
      const start = row.minute * MINUTE;
      const end = Math.min(start + MINUTE, Math.max(now, start + 1));
      const share = (end - Math.max(from, start)) / (end - start);
      sum += count * Math.min(1, Math.max(0, share));
    }
    return sum;
  };
  const rate = (minutes: number): number => finishedSince(now - minutes * MINUTE) / minutes;
  return { perMinute1: rate(1), perMinute5: rate(5), perMinute15: rate(15) };
}
