import { randomUUID } from 'node:crypto';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import { catalogName } from '../../domain/catalog.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import type { Embedded, Succession } from '../../domain/re-embedding.ts';
import type { StoredImage } from '../../ports/vector-store.ts';
import type { Failure, Successions } from '../../ports/successions.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { base, type CatalogRow, catalogRow, dropSuccessor, endSuccession, ROWS_PER_CATALOG } from './catalogs.ts';
import { pageSize } from './reads.ts';
import { deleteWhere, writeImages } from './writes.ts';

interface SuccessionRow extends Row {
  catalog: number;
  successor: number;
  /** Rows up to this one have been made due. */
  filled: number;
  started_at: number;
}

/** Rows of the catalog that are made due in one transaction. */
const FILL = 2_000;

/**
 * The new vectors are those of a catalog that is not listed (`successions.successor`), and what is due is in `due`, where
 * triggers put it in the very transaction that writes a picture.
 */
export function createSuccessions(db: Database, finishDrops: () => Promise<void>): Successions {
  const rowOf = (number: number) => db.sql('SELECT * FROM successions WHERE catalog = ?').get<SuccessionRow>(number);
  const byNumber = (number: number): CatalogRow =>
    db.sql('SELECT * FROM catalogs WHERE number = ?').get<CatalogRow>(number)!;

  /** Inside a transaction. Throws NOT_FOUND. */
  function open(catalogId: string): { old: CatalogRow; next: CatalogRow; row: SuccessionRow } {
    const old = catalogRow(db, catalogId);
    const row = rowOf(old.number);
    if (!row) throw new AppError('NOT_FOUND', `the catalog “${old.name}” does not go over to another model`);
    return { old, next: byNumber(row.successor), row };
  }

  function told(old: CatalogRow, next: CatalogRow, row: SuccessionRow): Succession {
    const { failed, due } = db
      .sql('SELECT count(code) AS failed, count(*) - count(code) AS due FROM due WHERE catalog = ?')
      .get<{ failed: number; due: number }>(old.number)!;
    const complete = due === 0 && !hasUnfilled(old, row);
    return {
      model: next.model,
      dimension: next.dimension,
      startedAt: row.started_at,
      total: old.images,
      done: next.images,
      failed,
      complete,
    };
  }

  function hasUnfilled(old: CatalogRow, { filled }: SuccessionRow): boolean {
    const more = db.sql('SELECT 1 FROM images WHERE row > ? AND row < ? LIMIT 1');
    return more.get(filled, base(old) + ROWS_PER_CATALOG) !== undefined;
  }

  /** What was there at the beginning; what is newer is due by the triggers. */
  function fill(old: CatalogRow, { filled }: SuccessionRow): void {
    const { last } = db
      .sql('SELECT max(row) AS last FROM (SELECT row FROM images WHERE row > ? AND row < ? ORDER BY row LIMIT ?)')
      .get<{ last: number | null }>(filled, base(old) + ROWS_PER_CATALOG, FILL)!;
    if (last === null) return;
    db.sql(
      `INSERT OR IGNORE INTO due (catalog, image_id, mark)
       SELECT catalog, image_id, hex(randomblob(8)) FROM images WHERE row > ? AND row <= ?`,
    ).run(filled, last);
    db.sql('UPDATE successions SET filled = ? WHERE catalog = ?').run(last, old.number);
  }

  /** Does what needs no model; the rest is answered. */
  function sift(old: CatalogRow, next: CatalogRow, limit: number): { found: number; rest: DueRow[] } {
    const rows = db
      .sql(
        `SELECT due.image_id, mark, record, content_hash FROM due
         LEFT JOIN images ON images.catalog = due.catalog AND images.image_id = due.image_id
         WHERE due.catalog = ? AND code IS NULL LIMIT ?`,
      )
      .all<DueRow>(old.number, limit);
    const gone = JSON.stringify(rows.filter(({ record }) => record === null).map(({ image_id }) => image_id));
    deleteWhere(db, next.id, 'image_id IN (SELECT value FROM json_each(?))', [gone]);
    const known = new Map(
      db
        .sql(
          `SELECT content_hash, vector FROM images JOIN vectors USING (row)
           WHERE catalog = ? AND content_hash IN (SELECT value FROM json_each(?)) GROUP BY content_hash`,
        )
        .all<VectorRow>(next.number, JSON.stringify(rows.map(({ content_hash }) => content_hash)))
        .map(({ content_hash, vector }) => [content_hash, new Float32Array(vector.slice().buffer)]),
    );
    const same = rows.flatMap(({ record, content_hash }): StoredImage[] => {
      const vector = content_hash === null ? undefined : known.get(content_hash);
      return record !== null && vector ? [{ record: asOf(record, next), vector }] : [];
    });
    if (same.length > 0) writeImages(db, byNumber(next.number), same);
    const rest = rows.filter(({ record, content_hash }) => record !== null && !known.has(content_hash!));
    const left = new Set(rest.map(({ image_id }) => image_id));
    const settled = rows.map(({ image_id }) => image_id).filter((id) => !left.has(id));
    forget(old, settled);
    return { found: rows.length, rest };
  }

  function forget({ number }: CatalogRow, imageIds: readonly string[]): void {
    const ids = JSON.stringify(imageIds);
    db.sql('DELETE FROM due WHERE catalog = ? AND image_id IN (SELECT value FROM json_each(?))').run(number, ids);
  }

  function settleSome({ old, next }: { old: CatalogRow; next: CatalogRow }, embedded: readonly Embedded[]): void {
    const find = db.sql(
      `SELECT record FROM due JOIN images USING (catalog, image_id) WHERE catalog = ? AND image_id = ? AND mark = ?`,
    );
    const fail = db.sql('UPDATE due SET code = ?, message = ? WHERE catalog = ? AND image_id = ? AND mark = ?');
    const images: StoredImage[] = [];
    for (const one of embedded) {
      if ('code' in one) {
        const { changes } = fail.run(one.code, one.message, old.number, one.imageId, one.mark);
        // What an earlier state of the picture has left.
        if (changes > 0) deleteWhere(db, next.id, 'image_id = ?', [one.imageId]);
        continue;
      }
      const found = find.get<{ record: string }>(old.number, one.imageId, one.mark);
      if (found) images.push({ record: asOf(found.record, next), vector: one.vector });
    }
    writeImages(db, byNumber(next.number), images);
    forget(
      old,
      images.map(({ record }) => record.imageId),
    );
  }

  return {
    begin: (catalogId, to) =>
      db.write(() => {
        const old = catalogRow(db, catalogId);
        const known = rowOf(old.number);
        if (known) {
          const next = byNumber(known.successor);
          if (next.model !== to.model || next.dimension !== to.dimension) {
            throw new AppError(
              'CONFLICT',
              `the catalog “${old.name}” goes over to ${next.model} already: cancel that first`,
            );
          }
          db.sql('UPDATE due SET code = NULL, message = NULL WHERE catalog = ?').run(old.number);
          return told(old, next, known);
        }
        if (old.model === to.model) {
          throw new AppError('CONFLICT', `the catalog “${old.name}” has the vectors of ${to.model} already`);
        }
        const now = Date.now();
        const { number } = db
          .sql('INSERT INTO catalogs (id, name, model, dimension, created_at) VALUES (?, ?, ?, ?, ?) RETURNING number')
          .get<{ number: number }>(randomUUID(), hiddenName(old.number), to.model, to.dimension, now)!;
        db.sql('INSERT INTO successions (catalog, successor, filled, started_at) VALUES (?, ?, ?, ?)').run(
          old.number,
          number,
          base(old),
          now,
        );
        return told(old, byNumber(number), rowOf(old.number)!);
      }),

    get: (catalogId) =>
      db.read(() => {
        const old = catalogRow(db, catalogId);
        const row = rowOf(old.number);
        return row ? told(old, byNumber(row.successor), row) : null;
      }),

    async due(catalogId, limit) {
      parseOrThrow(pageSize, limit, 'limit');
      for (;;) {
        const { found, rest, more } = await db.write(() => {
          const { old, next, row } = open(catalogId);
          fill(old, row);
          return { ...sift(old, next, limit), more: hasUnfilled(old, rowOf(old.number)!) };
        });
        if (rest.length === 0 && (found > 0 || more)) continue;
        return rest.map(({ record, mark }) => ({ record: JSON.parse(record!) as ImageRecord, mark }));
      }
    },

    settle: (catalogId, embedded) => db.write(() => settleSome(open(catalogId), embedded)),

    failures: (catalogId, limit, after = '') =>
      db.read(() => {
        parseOrThrow(pageSize, limit, 'limit');
        const { old } = open(catalogId);
        return db
          .sql(
            `SELECT image_id AS imageId, canonical_name AS canonicalName, record ->> '$.path' AS path, code, message
             FROM due JOIN images USING (catalog, image_id)
             WHERE catalog = ? AND image_id > ? AND code IS NOT NULL ORDER BY image_id LIMIT ?`,
          )
          .all<Failure & Row>(old.number, after, limit)
          .map((failure) => ({ ...failure }));
      }),

    async finish(catalogId, { keepAs, leaveOut }) {
      const kept = keepAs === null ? null : parseOrThrow(catalogName, keepAs, 'catalog name');
      const done = await db.write(() => {
        const { old, next, row } = open(catalogId);
        const { complete, failed } = told(old, next, row);
        if (!complete) return false;
        if (failed !== leaveOut) {
          throw new AppError('CONFLICT', `${failed} pictures of “${old.name}” could not be embedded, not ${leaveOut}`);
        }
        if (kept !== null && db.sql('SELECT 1 FROM catalogs WHERE name = ?').get(kept)) {
          throw new AppError('CONFLICT', `there is a catalog “${kept}” already`);
        }
        endSuccession(db, old);
        const change = db.sql('UPDATE catalogs SET id = ?, name = ?, created_at = ? WHERE number = ?');
        change.run(randomUUID(), hiddenName(old.number), next.created_at, next.number); // names are unique at each step
        change.run(next.id, kept, old.created_at, old.number);
        change.run(old.id, old.name, old.created_at, next.number);
        return true;
      });
      if (done) await finishDrops();
      return done;
    },

    async cancel(catalogId) {
      await db.write(() => dropSuccessor(db, open(catalogId).old));
      await finishDrops();
    },
  };
}

/** No catalog can be called so. */
const hiddenName = (number: number): string => `/successor of ${number}`;

const asOf = (record: string, { model }: CatalogRow): ImageRecord => ({
  ...(JSON.parse(record) as ImageRecord),
  model,
});

type DueRow = { image_id: string; mark: string; record: string | null; content_hash: string | null };
type VectorRow = { content_hash: string; vector: Uint8Array<ArrayBuffer> };
