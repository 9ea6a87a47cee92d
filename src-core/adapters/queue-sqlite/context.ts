import { AppError } from '../../domain/app-error.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Database, Row, Statement } from '../sqlite/database.ts';
import { rollMinute } from './minute.ts';

/** Rows that one transaction moves at most, so that the lock is held for a few ms: the other processes wait for it. */
export const CHUNK = 250;

export interface QueueSettings extends Omit<Settings['queue'], 'name'> {
  /** A worker that was silent for this long is not counted as live. */
  lostAfterMs: number;
}

/** What every verb of the adapter stands on. */
export interface QueueContext {
  readonly settings: QueueSettings;
  /** In [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly now: () => number;
  sql(text: string): Statement;
  /** One transaction, at one moment of the backend's time. `work` must not await. Wakes whoever waits for work here. */
  write<T>(work: (now: number) => T): Promise<T>;
  /** One snapshot. `work` must not await. */
  read<T>(work: (now: number) => T): Promise<T>;
  close(): void;
}

export interface ContextOptions {
  db: Database;
  settings: QueueSettings;
  now: () => number;
  random: () => number;
  afterWrite: () => void;
}

export function createContext({ db, settings, now, random, afterWrite }: ContextOptions): QueueContext {
  let closed = false;

  async function unlessClosed<T>(run: () => Promise<T>): Promise<T> {
    if (closed) throw closedError();
    try {
      return await run();
    } catch (error) {
      // Closed while it waited for the lock.
      throw closed ? closedError() : error;
    }
  }

  const context: QueueContext = {
    settings,
    random,
    now,
    sql: (text) => db.sql(text),
    async write(work) {
      const answer = await unlessClosed(() =>
        db.write(() => {
          const at = now();
          rollMinute(db, at);
          return work(at);
        }),
      );
      afterWrite();
      return answer;
    },
    read: (work) => unlessClosed(() => db.read(() => work(now()))),
    close() {
      closed = true;
      db.close();
    },
  };
  return context;
}

function closedError(): AppError {
  return new AppError('QUEUE_UNAVAILABLE', 'the queue is closed', { retryable: false });
}

/** The one row of the queue itself: its flags, its counts and totals. */
export interface QueueRow extends Row {
  paused: number;
  minute: number;
  fingerprint: string | null;
  suspects_owner: string | null;
  suspects_until: number | null;
  waiting: number;
  active: number;
  delayed: number;
  completed: number;
  failed: number;
  cancelled: number;
  high: number;
  normal: number;
  low: number;
  suspects: number;
  total_enqueued: number;
  total_completed: number;
  total_failed: number;
  total_cancelled: number;
  total_retried: number;
  total_stalled: number;
}

export function queueRow(context: QueueContext): QueueRow {
  return must(context.sql('SELECT * FROM queue').get<QueueRow>());
}

/**
 * The next of the queue's one rising sequence: of a claim, and of a place in the suspects' list. It follows the clock, so
 * that it also rises over another queue that fed the store before: the store refuses what comes under a lower number.
 */
export function nextNumber(context: QueueContext): number {
  const next = context.sql('UPDATE queue SET number = max(number + 1, ?) RETURNING number');
  return must(next.get<{ number: number }>(context.now())).number;
}

/** A row that the schema promises. */
export function must<T>(row: T | undefined): T {
  if (row === undefined) throw new AppError('INTERNAL', 'the queue lacks a row that its schema promises');
  return row;
}

/** SQL for `held` of a task that becomes waiting; `importId` is an expression. */
export function heldOf(importId: string): string {
  return `EXISTS (SELECT 1 FROM paused_imports p WHERE p.import_id = ${importId} AND p.paused = 1)`;
}
