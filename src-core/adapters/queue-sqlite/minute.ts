import type { Database } from '../sqlite/database.ts';

export const MINUTE = 60_000;

/**
 * Called first in every transaction: when it is the first of a new minute, the counts at the end of the last minute in
 * which something was written are kept; when it is the first of all, zeros for the minute before.
 */
export function rollMinute(db: Database, now: number): void {
  const minute = Math.floor(now / MINUTE);
  const row = db.sql('SELECT minute FROM queue').get<{ minute: number }>();
  if (row === undefined || minute <= row.minute) return;
  db.sql(
    `INSERT INTO minutes (minute, enqueued, completed, failed, retried, stalled, waiting, active, delayed)
     SELECT ?, total_enqueued, total_completed, total_failed, total_retried, total_stalled,
            waiting, active, delayed FROM queue`,
  ).run(row.minute === 0 ? minute - 1 : row.minute);
  db.sql('UPDATE queue SET minute = ?').run(minute);
}
