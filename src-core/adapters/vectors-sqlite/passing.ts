import type { Database } from '../sqlite/database.ts';
import { base, type CatalogRow } from './catalogs.ts';
import type { SqlFilter } from './filter-sql.ts';

// Rows are counted within their catalog, and come as one JSON text: a row object for each costs more than the query.

/** Rows that pass, at most `limit`. */
export function passing(db: Database, catalog: CatalogRow, filter: SqlFilter, limit: number): number[] {
  const select = `SELECT row FROM images WHERE catalog = ? AND ${filter.text} LIMIT ?`;
  const { rows } = db
    .sql(`SELECT json_group_array(row - ?) AS rows FROM (${select})`)
    .get<{ rows: string }>(base(catalog), catalog.number, ...filter.values, limit)!;
  return JSON.parse(rows) as number[];
}

/** All rows that pass, where an index finds them and they are not more than `most`; else null. */
export function fewPassing(db: Database, catalog: CatalogRow, filter: SqlFilter, most: number): number[] | null {
  if (!filter.indexed) return null;
  const rows = passing(db, catalog, filter, most + 1);
  return rows.length <= most ? rows : null;
}

/** Those of `rows` that pass. */
export function passingOf(
  db: Database,
  catalog: CatalogRow,
  filter: SqlFilter,
  rows: ArrayLike<number> & Iterable<number>,
): Set<number> {
  const { passed } = db
    .sql(
      `SELECT json_group_array(row - ?1) AS passed FROM images
       WHERE row IN (SELECT ?1 + value FROM json_each(?2)) AND ${filter.text}`,
    )
    .get<{ passed: string }>(base(catalog), JSON.stringify([...rows]), ...filter.values)!;
  return new Set(JSON.parse(passed) as number[]);
}
