import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { HistoryPoint, QueueStats } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';

const MINUTE = 60_000;
const MAX_POINTS = 2_000;
const range = z.tuple([z.number(), z.number(), z.number()]);

/** Totals and depth at the end of a minute. */
interface MinuteRow extends Omit<HistoryPoint, 'at'> {
  minute: number;
}

const SUMS = ['enqueued', 'completed', 'failed', 'retried', 'stalled'] as const;

function toRow(text: string): MinuteRow {
  const [minute = 0, enqueued = 0, completed = 0, failed = 0, retried = 0, stalled = 0, ...depth] = text
    .split(' ')
    .map(Number);
  const [waiting = 0, active = 0, delayed = 0] = depth;
  return { minute, enqueued, completed, failed, retried, stalled, waiting, active, delayed };
}

/** The steps from the one that holds `fromMs` to the one that holds `toMs` or this moment. */
export async function history(
  context: QueueContext,
  fromMs: number,
  toMs: number,
  stepMs: number,
): Promise<HistoryPoint[]> {
  const [from, to, by] = parseOrThrow(range, [fromMs, toMs, stepMs], 'history');
  const step = Math.max(1, Math.ceil(by / MINUTE));
  const [start, end, texts] = await context.run<[number, number, string[]]>('history', from, to, step, MAX_POINTS);
  const rows = texts.map(toRow);
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
}

function pointBetween(before: MinuteRow, last: MinuteRow, at: number): HistoryPoint {
  const sums = Object.fromEntries(SUMS.map((key) => [key, last[key] - before[key]])) as Record<
    (typeof SUMS)[number],
    number
  >;
  return { at, ...sums, waiting: last.waiting, active: last.active, delayed: last.delayed };
}

/**
 * Tasks finished a minute, over the last 1, 5 and 15. Within a minute the finished are taken as evenly spread, which is
 * off by less than one minute's share and needs no finer log.
 */
export function throughput(texts: readonly string[], now: number): QueueStats['throughput'] {
  const rows = texts.map(toRow);
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
