import { randomUUID } from 'node:crypto';
import { AppError } from '../../domain/app-error.ts';
import type { NotDuplicates } from '../../domain/duplicates.ts';
import type { DuplicateLog } from '../../ports/duplicate-log.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { restamp } from './found.ts';

interface MarkRow extends Row {
  seq: number;
  id: string;
  catalog_id: string;
  image_ids: string;
  one_id: string | null;
  created_at: number;
}

export function createMarks(
  db: Database,
  now: () => number,
): Pick<DuplicateLog, 'addNot' | 'notDuplicates' | 'removeNot'> {
  return {
    addNot: (catalogId, imageIds, oneId) =>
      db.write(() => {
        const ids = JSON.stringify([...new Set(imageIds)].toSorted());
        const { changes } = db
          .sql(
            `INSERT INTO marks (id, catalog_id, image_ids, one_id, created_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING`,
          )
          .run(randomUUID(), catalogId, ids, oneId, now());
        if (changes > 0) restamp(db);
        return toMark(
          db
            .sql('SELECT * FROM marks WHERE catalog_id = ? AND image_ids = ? AND one_id IS ?')
            .get<MarkRow>(catalogId, ids, oneId)!,
        );
      }),

    notDuplicates: (catalogId, limit, after) =>
      db.read(() => {
        const before =
          after === undefined
            ? Number.MAX_SAFE_INTEGER
            : (db.sql('SELECT seq FROM marks WHERE id = ?').get<{ seq: number }>(after)?.seq ?? 0);
        return db
          .sql('SELECT * FROM marks WHERE catalog_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?')
          .all<MarkRow>(catalogId, before, limit)
          .map(toMark);
      }),

    removeNot: (id) =>
      db.write(() => {
        const removed = db.sql('DELETE FROM marks WHERE id = ? RETURNING *').get<MarkRow>(id);
        if (!removed) throw new AppError('NOT_FOUND', `nothing is marked as not duplicates under ${id}`);
        restamp(db);
        return toMark(removed);
      }),
  };
}

function toMark({ id, catalog_id, image_ids, one_id, created_at }: MarkRow): NotDuplicates {
  const imageIds = JSON.parse(image_ids) as string[];
  return { id, catalogId: catalog_id, imageIds, oneId: one_id, createdAt: created_at };
}
