import { parseOrThrow } from '../../domain/app-error.ts';
import { checkFilter } from '../../domain/check-filter.ts';
import type { ImageRecord } from '../../domain/image-record.ts';
import { z } from 'zod';
import type { StoredImage, VectorStore } from '../../ports/vector-store.ts';
import type { Database } from '../sqlite/database.ts';
import { catalogRow } from './catalogs.ts';
import { filterSql, type SqlCondition, valuesOf } from './filter-sql.ts';

type Verbs = Pick<VectorStore, 'get' | 'findByHash' | 'count' | 'usedBytes' | 'facets' | 'scroll'>;

export const pageSize = z.number().int().min(1).max(1_000);

const EVERYTHING: SqlCondition = { text: 'true', values: [] };

export function createReads(db: Database): Verbs {
  return {
    get(catalogId, imageIds) {
      return db.read(() => {
        const { number } = catalogRow(db, catalogId);
        return db
          .sql(`${SELECT_STORED} WHERE catalog = ? AND image_id IN (SELECT value FROM json_each(?))`)
          .all<StoredRow>(number, JSON.stringify(imageIds))
          .map(toStored);
      });
    },

    findByHash(catalogId, contentHashes, model) {
      return db.read(() => {
        const { number } = catalogRow(db, catalogId);
        return db
          .sql(
            `${SELECT_STORED} WHERE row IN (
               SELECT min(row) FROM images
               WHERE catalog = ? AND content_hash IN (SELECT value FROM json_each(?)) AND model = ? GROUP BY content_hash
             )`,
          )
          .all<StoredRow>(number, JSON.stringify(contentHashes), model)
          .map(toStored);
      });
    },

    async count(catalogId, filter) {
      const condition = filterSql(checkFilter(filter ?? []));
      return db.read(() => {
        const { number, images } = catalogRow(db, catalogId);
        if (!condition) return images;
        const { text, values } = condition;
        return db
          .sql(`SELECT count(*) AS count FROM images WHERE catalog = ? AND ${text}`)
          .get<{ count: number }>(number, ...values)!.count;
      });
    },

    usedBytes() {
      const select = db.sql('SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()');
      return db.read(() => select.get<{ bytes: number }>()!.bytes);
    },

    async facets(catalogId, field, limit, filter) {
      parseOrThrow(pageSize, limit, 'limit');
      const condition = filterSql(checkFilter(filter ?? [])) ?? EVERYTHING;
      const source = valuesOf(field);
      const sql =
        'column' in source
          ? `SELECT ${source.column} AS value, 'column' AS type, count(*) AS count FROM images
             WHERE catalog = ? AND ${source.column} IS NOT NULL AND ${condition.text}`
          : `SELECT v.value AS value, v.type AS type, count(DISTINCT row) AS count FROM images, ${source.from}
             AND catalog = ? AND ${condition.text}`;
      const before = 'column' in source ? [] : source.values;
      return db.read(() => {
        const { number } = catalogRow(db, catalogId);
        return db
          .sql(`${sql} GROUP BY 1, 2 ORDER BY 3 DESC LIMIT ?`)
          .all<FacetRow>(...before, number, ...condition.values, limit)
          .map(({ value, type, count }) => ({
            value: type === 'true' || type === 'false' ? type === 'true' : value,
            count,
          }));
      });
    },

    async scroll(catalogId, limit, after = '', filter = []) {
      parseOrThrow(pageSize, limit, 'limit');
      const { text, values } = filterSql(checkFilter(filter)) ?? EVERYTHING;
      return db.read(() => {
        const { number } = catalogRow(db, catalogId);
        return db
          .sql(`${SELECT_STORED} WHERE catalog = ? AND image_id > ? AND ${text} ORDER BY image_id LIMIT ?`)
          .all<StoredRow>(number, after, ...values, limit)
          .map(toStored);
      });
    },
  };
}

type FacetRow = { value: string | number; type: string; count: number };
type StoredRow = { record: string; vector: Uint8Array<ArrayBuffer> };

const SELECT_STORED = 'SELECT record, vector FROM images JOIN vectors USING (row)';

function toStored({ record, vector }: StoredRow): StoredImage {
  return { record: toRecord(record), vector: toVector(vector) };
}

/** Of these rows, by row; inside a transaction. */
export function recordsOf(db: Database, rows: readonly number[]): Map<number, ImageRecord> {
  const found = db
    .sql('SELECT row, record FROM images WHERE row IN (SELECT value FROM json_each(?))')
    .all<{ row: number; record: string }>(JSON.stringify(rows));
  return new Map(found.map(({ row, record }) => [row, toRecord(record)]));
}

export function toRecord(json: string): ImageRecord {
  return JSON.parse(json) as ImageRecord;
}

/** A blob as it was written; node:sqlite gives each a buffer of its own. */
export function toVector(blob: Uint8Array): Float32Array {
  return new Float32Array(blob.buffer, blob.byteOffset, blob.byteLength / Float32Array.BYTES_PER_ELEMENT);
}
