import { randomUUID } from 'node:crypto';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import { catalogName, type Catalog } from '../../domain/catalog.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { dropLengths } from './word-lengths.ts';

/** Row numbers of one catalog; `row` = number × this + a number within the catalog. */
export const ROWS_PER_CATALOG = 2 ** 32;

export interface CatalogRow extends Row {
  number: number;
  id: string;
  name: string;
  model: string;
  dimension: number;
  created_at: number;
  images: number;
  next_row: number;
  seq: number;
  unworded: number;
}

/** Inside a transaction. Throws NOT_FOUND. */
export function catalogRow(db: Database, catalogId: string): CatalogRow {
  const row = db.sql('SELECT * FROM catalogs WHERE id = ? AND name IS NOT NULL').get<CatalogRow>(catalogId);
  if (!row) throw new AppError('NOT_FOUND', `there is no catalog with the id ${catalogId}`);
  return row;
}

/** What the rows of a catalog are counted from. */
export function base({ number }: Pick<CatalogRow, 'number'>): number {
  return number * ROWS_PER_CATALOG;
}

type Verbs = Pick<VectorStore, 'catalogs' | 'ensureCatalog' | 'renameCatalog' | 'dropCatalog' | 'prepareFor'>;

/** Rows that are deleted in one transaction, so that other processes get in between. */
const DROP_BATCH = 2_000;

export function createCatalogs(db: Database): Verbs & { finishDrops(): Promise<void> } {
  async function finishDrops(): Promise<void> {
    const select = db.sql('SELECT number FROM catalogs WHERE name IS NULL');
    const dropped = await db.read(() => select.all<{ number: number }>());
    for (const { number } of dropped) {
      while (await db.write(() => dropSome(db, number)));
    }
  }

  return {
    finishDrops,

    async catalogs() {
      const select = db.sql(
        'SELECT * FROM catalogs WHERE name IS NOT NULL AND number NOT IN (SELECT successor FROM successions) ORDER BY name',
      );
      return db.read(() => select.all<CatalogRow>().map(toCatalog));
    },

    async ensureCatalog({ name: wanted, model, dimension, id }) {
      const name = parseOrThrow(catalogName, wanted, 'catalog name');
      return db.write(() => {
        const found = db.sql('SELECT * FROM catalogs WHERE name = ?').get<CatalogRow>(name);
        if (id !== undefined) refuseOther(db, found, name, id);
        if (found && (found.model !== model || found.dimension !== dimension)) {
          throw new AppError(
            'DIMENSION_MISMATCH',
            `the catalog “${name}” holds vectors of ${found.model} (${found.dimension} numbers), not of ${model} (${dimension})`,
            { details: { name, model: found.model, dimension: found.dimension } },
          );
        }
        const insert = db.sql(
          'INSERT INTO catalogs (id, name, model, dimension, created_at) VALUES (?, ?, ?, ?, ?) RETURNING *',
        );
        return toCatalog(found ?? insert.get<CatalogRow>(id ?? randomUUID(), name, model, dimension, Date.now())!);
      });
    },

    async renameCatalog(catalogId, wanted) {
      const name = parseOrThrow(catalogName, wanted, 'catalog name');
      await db.write(() => {
        const { number } = catalogRow(db, catalogId);
        const taken = db.sql('SELECT 1 FROM catalogs WHERE name = ? AND number <> ?').get(name, number);
        if (taken) throw new AppError('CONFLICT', `there is a catalog “${name}” already`);
        db.sql('UPDATE catalogs SET name = ? WHERE number = ?').run(name, number);
      });
    },

    async dropCatalog(catalogId) {
      await db.write(() => {
        const { number } = catalogRow(db, catalogId);
        dropSuccessor(db, { number });
        db.sql('UPDATE catalogs SET name = NULL WHERE number = ?').run(number);
      });
      await finishDrops();
    },

    // The codes that a search scans are no index that a load would have to keep up.
    async prepareFor(catalogId) {
      await db.read(() => catalogRow(db, catalogId));
    },
  };
}

/** Inside a transaction: with all that is due for it. Its successor stays. */
export function endSuccession(db: Database, { number }: Pick<CatalogRow, 'number'>): void {
  db.sql('DELETE FROM successions WHERE catalog = ?').run(number);
  db.sql('DELETE FROM due WHERE catalog = ?').run(number);
}

/** Inside a transaction: the successor of this catalog goes with the next drops. */
export function dropSuccessor(db: Database, { number }: Pick<CatalogRow, 'number'>): void {
  db.sql('UPDATE catalogs SET name = NULL WHERE number IN (SELECT successor FROM successions WHERE catalog = ?)').run(
    number,
  );
  endSuccession(db, { number });
}

/** Name and id must be those of one catalog, or of none. */
function refuseOther(db: Database, named: CatalogRow | undefined, name: string, id: string): void {
  if (named && named.id !== id) {
    throw new AppError('CONFLICT', `“${name}” is another catalog here (${named.id}, not ${id})`);
  }
  const same = db.sql('SELECT name FROM catalogs WHERE id = ?').get<{ name: string | null }>(id);
  if (!same || same.name === name) return;
  const told = same.name === null ? 'is just being dropped' : `is called “${same.name}” here, not “${name}”`;
  throw new AppError('CONFLICT', `the catalog ${id} ${told}`);
}

/** Deletes some of a catalog that has lost its name, and at last the catalog; false when nothing is left. */
function dropSome(db: Database, number: number): boolean {
  const from = number * ROWS_PER_CATALOG;
  const { last } = db
    .sql('SELECT max(row) AS last FROM (SELECT row FROM images WHERE row >= ? AND row < ? ORDER BY row LIMIT ?)')
    .get<{ last: number | null }>(from, from + ROWS_PER_CATALOG, DROP_BATCH)!;
  if (last !== null) {
    for (const table of ['images', 'vectors', 'codes']) {
      db.sql(`DELETE FROM ${table} WHERE row >= ? AND row <= ?`).run(from, last);
    }
    db.sql('DELETE FROM words WHERE rowid >= ? AND rowid <= ?').run(from, last);
    return true;
  }
  db.sql('DELETE FROM tombstones WHERE catalog = ?').run(number);
  dropLengths(db, from, from + ROWS_PER_CATALOG);
  db.sql('DELETE FROM catalogs WHERE number = ?').run(number);
  return false;
}

function toCatalog({ id, name, model, dimension, created_at }: CatalogRow): Catalog {
  return { id, name, model, dimension, createdAt: created_at };
}
