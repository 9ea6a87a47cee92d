import { AppError } from '../../domain/app-error.ts';
import type { Database } from '../sqlite/database.ts';

/** The inner number of an import; inside a transaction. Throws NOT_FOUND. */
export function seqOf(db: Database, importId: string): number {
  const row = db.sql('SELECT seq FROM imports WHERE id = ?').get<{ seq: number }>(importId);
  if (!row) throw new AppError('NOT_FOUND', `there is no import ${importId}`);
  return row.seq;
}

/** Throws INVALID_INPUT unless `limit` is a whole number of 1–10,000. */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new AppError('INVALID_INPUT', `limit: ${limit} is not a whole number from 1 to 10000`);
  }
}

/** The cursor of a page that is ordered by name is its last name; a page that is not full is the last. */
export function nextCursor(rows: readonly { name: string }[], limit: number): string | null {
  return rows.length < limit ? null : (rows.at(-1)?.name ?? null);
}
