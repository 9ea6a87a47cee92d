import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { errorCode, parseOrThrow } from '../../domain/app-error.ts';
import { ledgerLine, ledgerOutcome, type LedgerLine, type LedgerOutcome } from '../../domain/import.ts';
import type { ImportLedger, LedgerUpdate } from '../../ports/import-log.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { checkLimit, nextCursor, seqOf } from './rows.ts';

const insert = `INSERT INTO ledger (import, name, outcome, reason, message, task_id, bytes, at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Named, because without statistics SQLite prefers the primary key, and so reads all lines of the import. */
const OPEN = 'INDEXED BY ledger_open';
const FAILED = 'INDEXED BY ledger_failed';

/** The lines of imports; migrations.ts keeps their counts. */
export function createLedger(db: Database, now: () => number): ImportLedger {
  function values(seq: number, line: LedgerUpdate) {
    const { name, outcome, reason = null, message = null, taskId = null, bytes = null } = line;
    return [seq, name, outcome, reason, message, taskId, bytes, now()] as const;
  }

  return {
    discover: (importId, lines) =>
      db.write(() => {
        const seq = seqOf(db, importId);
        const add = db.sql(`${insert} ON CONFLICT DO NOTHING`);
        const outcomeOf = db.sql('SELECT outcome FROM ledger WHERE import = ? AND name = ?');
        const open = new Set<string>();
        for (const line of lines) {
          const { changes } = add.run(...values(seq, line));
          const outcome = changes === 1 ? line.outcome : outcomeOf.get(seq, line.name)?.outcome;
          if (outcome === 'open') open.add(line.name);
        }
        return [...open];
      }),

    record: (importId, lines) =>
      db.write(() => {
        const seq = seqOf(db, importId);
        // Its counts are final: a line would be counted a second time.
        if (db.sql('SELECT trimmed FROM imports WHERE seq = ?').get(seq)?.trimmed === 1) return;
        // A code or message of an earlier outcome must not stay behind; task and size belong to the file and do.
        const put = db.sql(
          `${insert} ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
             message = excluded.message, task_id = coalesce(excluded.task_id, task_id),
             bytes = coalesce(excluded.bytes, bytes), at = excluded.at
           WHERE excluded.outcome <> 'open' AND (outcome, reason, message, task_id, bytes) IS NOT
             (excluded.outcome, excluded.reason, excluded.message, coalesce(excluded.task_id, task_id),
              coalesce(excluded.bytes, bytes))`,
        );
        for (const line of lines) put.run(...values(seq, line));
      }),

    recordUpdated: (importId, names, reason) =>
      db.write(() => {
        const seq = seqOf(db, importId);
        const put = db.sql(
          `${insert} ON CONFLICT DO UPDATE SET outcome = 'updated', reason = excluded.reason, at = excluded.at
           WHERE outcome = 'skipped'`,
        );
        for (const name of names) put.run(...values(seq, { name, outcome: 'updated', reason }));
      }),

    reopen: (importId, codes) =>
      db.write(() => {
        const wanted = among('reason', parseOrThrow(z.array(errorCode).min(1), codes, 'codes'));
        return db
          .sql(
            `UPDATE ledger ${FAILED} SET outcome = 'open', reason = NULL, message = NULL, at = ?
             WHERE import = ? AND outcome = 'failed' AND task_id IS NOT NULL AND ${wanted}`,
          )
          .run(now(), seqOf(db, importId)).changes;
      }),

    recordMoves: (importId, moves) =>
      db.write(() => {
        const seq = seqOf(db, importId);
        const catalogId = db.sql('SELECT catalog_id FROM imports WHERE seq = ?').get(seq)!.catalog_id!;
        const moved = db.sql(
          `UPDATE ledger SET outcome = 'moved', reason = ?, message = NULL, at = ? WHERE import = ? AND name = ?`,
        );
        const found = db.sql(`DELETE FROM ledger WHERE import = ? AND name = ? AND outcome = 'missing'`);
        const forget = db.sql('DELETE FROM files WHERE catalog_id = ? AND name = ?');
        for (const { from, to } of moves) {
          moved.run(from, now(), seq, to);
          found.run(seq, from);
          forget.run(catalogId, from);
        }
      }),

    lines: (importId, names) =>
      db.read(() => {
        const seq = seqOf(db, importId);
        const find = db.sql('SELECT * FROM ledger WHERE import = ? AND name = ?');
        return names.flatMap((name) => find.all(seq, name).map(toLine));
      }),

    async trimLedgers(sourceId, keep) {
      const old = await db.write(() => {
        const seqs = db
          .sql(
            `SELECT seq FROM imports WHERE seq IN (
               SELECT seq FROM imports WHERE source_id = ? AND finished_at IS NOT NULL ORDER BY seq DESC LIMIT -1 OFFSET ?
             ) AND EXISTS (SELECT 1 FROM ledger WHERE import = seq)`,
          )
          .all<{ seq: number }>(sourceId, keep)
          .map(({ seq }) => seq);
        const mark = db.sql('UPDATE imports SET trimmed = 1 WHERE seq = ?');
        for (const seq of seqs) mark.run(seq);
        return seqs;
      });
      for (const seq of old) {
        while ((await db.write(() => trimSome(db, seq))) > 0) await setImmediate();
      }
    },

    ledger: (importId, { outcomes, codes }, limit, cursor = '') =>
      db.read(() => {
        checkLimit(limit);
        const wanted = [
          outcomes && among('outcome', parseOrThrow(z.array(ledgerOutcome), outcomes, 'outcomes')),
          codes && `outcome = 'failed' AND ${among('reason', parseOrThrow(z.array(errorCode), codes, 'codes'))}`,
        ];
        const where = ['import = ?', 'name > ?', ...wanted.filter((part) => part !== undefined)].join(' AND ');
        const index = codes || isOnly(outcomes, 'failed') ? FAILED : isOnly(outcomes, 'open') ? OPEN : '';
        const rows = db
          .sql(`SELECT * FROM ledger ${index} WHERE ${where} ORDER BY name LIMIT ?`)
          .all<Row & { name: string }>(seqOf(db, importId), cursor, limit);
        return { items: rows.map(toLine), next: nextCursor(rows, limit) };
      }),
  };
}

/** Lines dropped at a time. */
const TRIM_AT_A_TIME = 5_000;

function trimSome(db: Database, seq: number): number {
  return db
    .sql(
      `DELETE FROM ledger WHERE import = ? AND name IN
         (SELECT name FROM ledger WHERE import = ? LIMIT ${TRIM_AT_A_TIME})`,
    )
    .run(seq, seq).changes;
}

function isOnly(outcomes: readonly LedgerOutcome[] | undefined, outcome: LedgerOutcome): boolean {
  return outcomes?.length === 1 && outcomes[0] === outcome;
}

/** Spelled out, not bound: SQLite uses a partial index only when it sees the value. The values are of closed sets. */
function among(column: string, values: readonly string[]): string {
  const list = values.map((value) => `'${value}'`).join(', ');
  return values.length === 1 ? `${column} = ${list}` : `${column} IN (${list})`;
}

function toLine(row: Row): LedgerLine {
  const { name, outcome, reason, message, bytes, at } = row;
  return parseOrThrow(
    ledgerLine,
    { name, outcome, reason, message, taskId: row.task_id, bytes, at },
    'import log',
    'INTERNAL',
  );
}
