import { randomUUID } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { AppError } from '../../domain/app-error.ts';
import type { DuplicateScan, PairsPage, ScanState } from '../../domain/duplicates.ts';
import type { DuplicateLog } from '../../ports/duplicate-log.ts';
import type { Database, Row } from '../sqlite/database.ts';

type Verbs = Pick<DuplicateLog, 'begin' | 'add' | 'end' | 'endDead' | 'scan' | 'scans' | 'forgetCatalog'>;

/** Scans of a catalog that can be looked up; of these one has its pairs. */
const KEPT = 20;
/** Rows dropped at a time. */
const DROP_BATCH = 5_000;

export interface ScanRow extends Row {
  seq: number;
  id: string;
  catalog_id: string;
  state: ScanState;
  owner: string;
  least_score: number;
  compared: number;
  total: number;
  share: number;
  pairs: number;
  pictures: number;
  error_code: string | null;
  error_message: string | null;
  created_at: number;
  finished_at: number | null;
}

/** Inside a transaction. Throws NOT_FOUND. */
export function scanRow(db: Database, scanId: string): ScanRow {
  const row = db.sql('SELECT * FROM scans WHERE id = ?').get<ScanRow>(scanId);
  if (!row) throw new AppError('NOT_FOUND', `there is no scan for duplicates ${scanId}`);
  return row;
}

export function createScans(db: Database, now: () => number): Verbs {
  const end = db.sql(
    `UPDATE scans SET state = ?, error_code = ?, error_message = ?, finished_at = ? WHERE seq = ? AND state = 'running'`,
  );

  /** What scans have found that are neither running nor the last completed one of their catalog. */
  async function dropOld(): Promise<void> {
    const old = await db.read(() =>
      db
        .sql(
          `SELECT seq FROM scans AS old WHERE state <> 'running' AND pictures + pairs > 0 AND seq <> coalesce((
             SELECT max(seq) FROM scans WHERE catalog_id = old.catalog_id AND state = 'completed'
           ), 0)`,
        )
        .all<{ seq: number }>(),
    );
    for (const { seq } of old) await dropFound(seq);
  }

  async function dropFound(seq: number): Promise<void> {
    const keys = { pairs: '(a, b)', pictures: 'number' };
    for (const [table, key] of Object.entries(keys)) {
      const columns = key.replaceAll(/[()]/g, '');
      const drop = db.sql(
        `DELETE FROM ${table} WHERE scan = ?1 AND ${key} IN (SELECT ${columns} FROM ${table} WHERE scan = ?1 LIMIT ${DROP_BATCH})`,
      );
      while ((await db.write(() => drop.run(seq))).changes > 0) await yieldToOthers();
    }
    await db.write(() => db.sql('UPDATE scans SET pictures = 0, pairs = 0 WHERE seq = ?').run(seq));
  }

  return {
    async begin({ catalogId, leastScore, total, owner }) {
      const begun = await db.write(() => {
        if (db.sql(`SELECT 1 FROM scans WHERE catalog_id = ? AND state = 'running'`).get(catalogId)) {
          throw new AppError('CONFLICT', 'this catalog is being looked through for duplicates already');
        }
        db.sql(
          `DELETE FROM scans WHERE catalog_id = ?1 AND pictures + pairs = 0 AND seq NOT IN
             (SELECT seq FROM scans WHERE catalog_id = ?1 ORDER BY seq DESC LIMIT ${KEPT - 1})`,
        ).run(catalogId);
        return db
          .sql(
            `INSERT INTO scans (id, catalog_id, state, owner, least_score, total, created_at)
             VALUES (?, ?, 'running', ?, ?, ?, ?) RETURNING *`,
          )
          .get<ScanRow>(randomUUID(), catalogId, owner, leastScore, total, now())!;
      });
      return toScan(begun);
    },

    add: (scanId, page) =>
      db.write(() => {
        const scan = scanRow(db, scanId);
        if (scan.state !== 'running') return false;
        const numbers = addPictures(db, scan, page);
        const pairs = addPairs(db, scan, page, numbers);
        db.sql(
          `UPDATE scans SET compared = ?, total = ?, share = ?, pairs = pairs + ?,
             pictures = (SELECT coalesce(max(number), 0) FROM pictures WHERE scan = ?5) WHERE seq = ?5`,
        ).run(page.compared, page.total, page.share, pairs, scan.seq);
        return true;
      }),

    async end(scanId, state, error) {
      await db.write(() => {
        const { seq } = scanRow(db, scanId);
        end.run(state, error?.code ?? null, error?.message ?? null, now(), seq);
      });
      await dropOld();
      return db.read(() => toScan(scanRow(db, scanId)));
    },

    async endDead(isDead) {
      const ended = await db.write(() => {
        const running = db.sql(`SELECT * FROM scans WHERE state = 'running'`).all<ScanRow>();
        const dead = running.filter(({ owner }) => isDead(owner));
        for (const { seq } of dead) end.run('failed', 'WORKER_LOST', 'the process that ran it has ended', now(), seq);
        return dead.length;
      });
      if (ended > 0) await dropOld();
    },

    scan: (scanId) => db.read(() => toScan(scanRow(db, scanId))),

    scans: (catalogId, limit) =>
      db.read(() =>
        db
          .sql('SELECT * FROM scans WHERE catalog_id = ? ORDER BY seq DESC LIMIT ?')
          .all<ScanRow>(catalogId, limit)
          .map(toScan),
      ),

    async forgetCatalog(catalogId) {
      const seqs = await db.write(() => {
        db.sql(`UPDATE scans SET state = 'cancelled' WHERE catalog_id = ? AND state = 'running'`).run(catalogId);
        db.sql('DELETE FROM marks WHERE catalog_id = ?').run(catalogId);
        return db.sql('SELECT seq FROM scans WHERE catalog_id = ?').all<{ seq: number }>(catalogId);
      });
      for (const { seq } of seqs) await dropFound(seq);
      await db.write(() => db.sql('DELETE FROM scans WHERE catalog_id = ?').run(catalogId));
    },
  };
}

/** Answers their numbers, in the order of the page. */
function addPictures(db: Database, { seq }: ScanRow, { pictures }: PairsPage): number[] {
  const known = db.sql('SELECT number FROM pictures WHERE scan = ? AND image_id = ?');
  const insert = db.sql(
    `INSERT INTO pictures (scan, number, image_id, content_hash, product_id, same_bytes, same_product)
     VALUES (?1, ?2, ?3, ?4, ?5,
       coalesce((SELECT same_bytes FROM pictures WHERE scan = ?1 AND content_hash = ?4 LIMIT 1), ?2),
       CASE WHEN ?5 IS NULL THEN NULL
         ELSE coalesce((SELECT same_product FROM pictures WHERE scan = ?1 AND product_id = ?5 LIMIT 1), ?2) END)`,
  );
  let { last } = db
    .sql('SELECT coalesce(max(number), 0) AS last FROM pictures WHERE scan = ?')
    .get<{ last: number }>(seq)!;
  return pictures.map(({ imageId, contentHash, productId }) => {
    const found = known.get<{ number: number }>(seq, imageId);
    if (found) return found.number;
    insert.run(seq, ++last, imageId, contentHash, productId);
    return last;
  });
}

/** Answers how many were new. */
function addPairs(db: Database, { seq }: ScanRow, { pairs }: PairsPage, numbers: readonly number[]): number {
  const insert = db.sql('INSERT INTO pairs (scan, a, b, score) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  return pairs.reduce((added, { a, b, score }) => {
    const [one, other] = [numbers[a]!, numbers[b]!];
    return added + insert.run(seq, Math.min(one, other), Math.max(one, other), score).changes;
  }, 0);
}

function toScan(row: ScanRow): DuplicateScan {
  const { id, catalog_id, state, least_score, compared, total, share, pairs, created_at, finished_at } = row;
  return {
    id,
    catalogId: catalog_id,
    state,
    leastScore: least_score,
    compared,
    total,
    share,
    pairs,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    createdAt: created_at,
    finishedAt: finished_at,
  };
}
