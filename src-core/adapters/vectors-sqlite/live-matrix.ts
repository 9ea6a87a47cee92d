import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Database } from '../sqlite/database.ts';
import { type CatalogRow, ROWS_PER_CATALOG } from './catalogs.ts';
import { createMatrix, type Matrix } from './matrix.ts';

/** Deletes older than this many sequence numbers leave no trace; whoever is further behind loads anew. */
export const TOMBSTONES_KEPT = 100_000;
/** Rows that are loaded without letting others run. */
const PAGE = 8_192;

/** A catalog's codes in memory, as of a sequence number. Made by the first search: a process that only writes has none. */
export interface LiveMatrix {
  /** Loads what is needed for `current` to be quick. Takes its time (a second per million rows) but lets others run. */
  load(catalog: CatalogRow): Promise<void>;
  /** Inside a transaction: as the database is now; null when it has to be loaded first. */
  current(catalog: CatalogRow): Matrix | null;
}

export function createLiveMatrix(db: Database): LiveMatrix {
  let matrix: Matrix | null = null;
  let seq = 0;
  let loading: Promise<void> | null = null;

  function usable(catalog: CatalogRow): boolean {
    return matrix !== null && catalog.seq - seq <= TOMBSTONES_KEPT;
  }

  /** What is written meanwhile has a sequence number over that of `catalog`; `current` takes it in. */
  async function loadAll(catalog: CatalogRow): Promise<void> {
    matrix = null; // two at a time would be twice the memory
    const loaded = createMatrix(catalog.dimension);
    loaded.reserve(catalog.images);
    const base = catalog.number * ROWS_PER_CATALOG;
    const page = db.sql('SELECT row, code FROM codes WHERE row > ? AND row < ? ORDER BY row LIMIT ?');
    for (let last = base, before = -1; last !== before; await yieldToOthers()) {
      before = last;
      await db.read(() => {
        for (const { row, code } of page.iterate<CodeRow>(before, base + ROWS_PER_CATALOG, PAGE)) {
          loaded.put(row - base, code);
          last = row;
        }
      });
    }
    matrix = loaded;
    seq = catalog.seq;
  }

  return {
    async load(catalog) {
      if (usable(catalog)) return;
      loading ??= loadAll(catalog).finally(() => (loading = null));
      await loading;
    },

    current(catalog) {
      if (matrix === null || !usable(catalog)) return null;
      if (catalog.seq !== seq) {
        const base = catalog.number * ROWS_PER_CATALOG;
        const changed = db.sql('SELECT row, code FROM codes WHERE catalog = ? AND seq > ?');
        for (const { row, code } of changed.iterate<CodeRow>(catalog.number, seq)) matrix.put(row - base, code);
        // A deleted row's number is never used again, so the order of the two does not matter.
        const deleted = db.sql('SELECT row FROM tombstones WHERE catalog = ? AND seq > ?');
        for (const { row } of deleted.iterate<{ row: number }>(catalog.number, seq)) matrix.remove(row - base);
        seq = catalog.seq;
      }
      return matrix;
    },
  };
}

type CodeRow = { row: number; code: Uint8Array<ArrayBuffer> };
