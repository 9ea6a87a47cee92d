import { AppError } from '../../domain/app-error.ts';
import { checkModel } from '../../domain/catalog.ts';
import { checkFilter } from '../../domain/check-filter.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import { normalise } from '../../domain/search.ts';
import type { RecordPatch, StoredImage, VectorStore } from '../../ports/vector-store.ts';
import type { Database } from '../sqlite/database.ts';
import { catalogRow, type CatalogRow, ROWS_PER_CATALOG } from './catalogs.ts';
import { encode } from './codes.ts';
import { filterSql } from './filter-sql.ts';
import { TOMBSTONES_KEPT } from './live-matrix.ts';
import { indexWords, type WordedRow } from './words-index.ts';

type Verbs = Pick<VectorStore, 'upsert' | 'setPayload' | 'delete'>;

export function createWrites(db: Database): Verbs {
  return {
    upsert(catalogId, images) {
      return db.write(() => writeImages(db, catalogRow(db, catalogId), images));
    },

    setPayload(catalogId, changes) {
      return db.write(() => {
        const { number } = catalogRow(db, catalogId);
        const find = db.sql(
          'SELECT row, record FROM images WHERE catalog = ? AND image_id IN (SELECT value FROM json_each(?))',
        );
        const update = db.sql('UPDATE images SET record = ? WHERE row = ?');
        const reworded = new Map<number, WordedRow>();
        let count = 0;
        for (const { imageIds, patch } of changes) {
          const worded = WORDED.some((field) => patch[field] !== undefined);
          for (const { row, record } of find.all<{ row: number; record: string }>(number, JSON.stringify(imageIds))) {
            const next = patched(JSON.parse(record) as ImageRecord, patch);
            update.run(JSON.stringify(next), row);
            if (worded) reworded.set(row, { row, record: next });
            count++;
          }
        }
        indexWords(db, [...reworded.values()]);
        return count;
      });
    },

    async delete(catalogId, which) {
      if ('imageIds' in which) {
        const ids = JSON.stringify(which.imageIds);
        return db.write(() => deleteWhere(db, catalogId, 'image_id IN (SELECT value FROM json_each(?))', [ids]));
      }
      const condition = filterSql(checkFilter(which.filter));
      if (!condition) throw new AppError('INVALID_INPUT', 'a delete needs a filter that is not empty');
      return db.write(() => deleteWhere(db, catalogId, condition.text, condition.values));
    },
  };
}

/** What a patch may change of the words that a record is found by. */
const WORDED = [
  'productId',
  'name',
  'description',
  'title',
  'caption',
  'keywords',
] as const satisfies (keyof RecordPatch)[];

/**
 * In few statements, however many images: SQLite saves each page that a statement touches, in case it fails, so that
 * a statement per image cost twice as much.
 */
export function writeImages(db: Database, catalog: CatalogRow, images: readonly StoredImage[]): { fenced: string[] } {
  const { number, dimension, next_row: firstRow, seq } = catalog;
  const fenced: string[] = [];
  const newest = new Map<string, StoredImage>();
  for (const image of images) {
    checkVector(catalog, image);
    const { imageId, version } = image.record;
    if (version < (newest.get(imageId)?.record.version ?? version)) fenced.push(imageId);
    else newest.set(imageId, image);
  }

  const written = db
    .sql(
      `INSERT INTO images (row, catalog, record) SELECT ? + key, ?, value FROM json_each(?) WHERE true
       ON CONFLICT (catalog, image_id) DO UPDATE SET record = excluded.record WHERE excluded.version >= version
       RETURNING row, image_id`,
    )
    .all<{ row: number; image_id: string }>(
      number * ROWS_PER_CATALOG + firstRow,
      number,
      JSON.stringify(Array.from(newest.values(), ({ record }) => record)),
    );
  const rows = written.map(({ row }) => row);
  const vectors = new Float32Array(rows.length * dimension);
  const codes = new Int8Array(rows.length * dimension);
  const worded = written.map(({ row, image_id }, i) => {
    const image = newest.get(image_id)!;
    const vector = normalise(image.vector.slice());
    vectors.set(vector, i * dimension);
    codes.set(encode(vector), i * dimension);
    newest.delete(image_id);
    return { row, record: image.record };
  });
  fenced.push(...newest.keys());

  const rowList = JSON.stringify(rows);
  db.sql(`INSERT OR REPLACE INTO vectors (row, vector) SELECT value, substr(?, 1 + key * ?, ?) FROM json_each(?)`).run(
    vectors,
    4 * dimension,
    4 * dimension,
    rowList,
  );
  db.sql(
    `INSERT OR REPLACE INTO codes (row, catalog, seq, code)
     SELECT value, ?, ? + key, substr(?, 1 + key * ?, ?) FROM json_each(?)`,
  ).run(number, seq + 1, codes, dimension, dimension, rowList);
  indexWords(db, worded);

  const added = rows.filter((row) => row >= number * ROWS_PER_CATALOG + firstRow);
  const nextRow = Math.max(firstRow, ...added.map((row) => row - number * ROWS_PER_CATALOG + 1));
  db.sql('UPDATE catalogs SET images = images + ?, next_row = ?, seq = ? WHERE number = ?').run(
    added.length,
    nextRow,
    seq + rows.length,
    number,
  );
  return { fenced };
}

function checkVector(catalog: CatalogRow, { record, vector }: StoredImage): void {
  checkModel(catalog, record);
  if (vector.length !== catalog.dimension) {
    throw new AppError(
      'DIMENSION_MISMATCH',
      `the catalog “${catalog.name}” holds vectors of ${catalog.dimension} numbers; that of ${record.path} has ${vector.length}`,
    );
  }
  if (!vector.every(Number.isFinite)) {
    throw new AppError('STORE_REFUSED', `the vector of ${record.path} holds a number that is not finite`);
  }
}

/** A cleared field is null where a record has one, and absent where it is the producer's. */
function patched(record: ImageRecord, patch: RecordPatch): ImageRecord {
  const { title, caption, keywords, sourceId, importId, missingSince, mtimeMs, ...facts } = patch;
  const next = { ...record };
  if (title !== undefined) next.title = title;
  if (caption !== undefined) next.caption = caption;
  if (keywords !== undefined) next.keywords = keywords ?? [];
  if (sourceId !== undefined) next.sourceId = sourceId;
  if (importId !== undefined) next.importId = importId;
  if (missingSince !== undefined) next.missingSince = missingSince;
  if (typeof mtimeMs === 'number') next.mtimeMs = mtimeMs;
  for (const [name, value] of Object.entries(facts)) {
    if (value === null) delete next[name as keyof typeof facts];
    else if (value !== undefined) Object.assign(next, { [name]: value });
  }
  return next;
}

export function deleteWhere(db: Database, catalogId: string, condition: string, values: SQLValues): number {
  const { number, seq } = catalogRow(db, catalogId);
  const { rows, count } = db
    .sql(`SELECT json_group_array(row) AS rows, count(*) AS count FROM images WHERE catalog = ? AND ${condition}`)
    .get<{ rows: string; count: number }>(number, ...values)!;
  if (count === 0) return 0;
  for (const table of ['images', 'vectors', 'codes']) {
    db.sql(`DELETE FROM ${table} WHERE row IN (SELECT value FROM json_each(?))`).run(rows);
  }
  db.sql('DELETE FROM words WHERE rowid IN (SELECT value FROM json_each(?))').run(rows);
  db.sql('INSERT INTO tombstones (catalog, seq, row) SELECT ?, ? + key, value FROM json_each(?)').run(
    number,
    seq + 1,
    rows,
  );
  db.sql('DELETE FROM tombstones WHERE catalog = ? AND seq <= ?').run(number, seq + count - TOMBSTONES_KEPT);
  db.sql('UPDATE catalogs SET images = images - ?, seq = ? WHERE number = ?').run(count, seq + count, number);
  return count;
}

type SQLValues = Parameters<ReturnType<Database['sql']>['get']>;
