import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { ImageRecord } from '../../domain/image-record.ts';
import { recordWords } from '../../domain/words.ts';
import type { Database } from '../sqlite/database.ts';
import { base } from './catalogs.ts';
import { toRecord } from './reads.ts';
import { writeLengths } from './word-lengths.ts';

/** Rows of an older database that are indexed in one transaction: some 20 ms. */
const BACKLOG_BATCH = 500;

export interface WordedRow {
  row: number;
  record: ImageRecord;
}

/** Inside a transaction: makes these rows be found by what their records say now, and no longer by what they said. */
export function indexWords(db: Database, rows: readonly WordedRow[]): void {
  if (rows.length === 0) return;
  // FTS5 writes out what it has gathered whenever a row is smaller than the one before.
  const ascending = rows.toSorted((a, b) => a.row - b.row);
  const lengths: [row: number, length: number][] = [];
  const texts = ascending.map(({ row, record }) => {
    const { naming, tagging, mentioning } = recordWords(record);
    lengths.push([row, naming.length + tagging.length + mentioning.length]);
    return [row, naming.join(' '), tagging.join(' '), mentioning.join(' ')];
  });
  db.sql(
    `INSERT OR REPLACE INTO words (rowid, naming, tagging, mentioning)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`,
  ).run(JSON.stringify(texts));
  writeLengths(db, lengths);
}

/** The rows of a database from before there was an index of words, which are indexed little by little. */
export interface WordsBacklog {
  /** Resolves when all are indexed, or with `stop`. Throws what the database throws; asked again, it goes on. */
  finish(): Promise<void>;
  /** Resolves when nothing more is done. */
  stop(): Promise<void>;
}

/** Begins at once, in the background. */
export function createWordsBacklog(db: Database): WordsBacklog {
  const stopping = new AbortController();
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    // Most files have nothing left: that is not worth a lock.
    const isLeft = (): boolean => nextCatalog(db) !== undefined;
    while (!stopping.signal.aborted && (await db.read(isLeft))) {
      await db.write(() => indexSome(db));
      await yieldToOthers();
    }
  }

  function finish(): Promise<void> {
    working ??= work().finally(() => (working = null));
    return working;
  }

  // What hinders it is told to whoever needs it done: a search by words, which asks again.
  finish().catch(() => {});

  return {
    finish,
    async stop() {
      stopping.abort();
      await working?.catch(() => {});
    },
  };
}

function nextCatalog(db: Database): { number: number; unworded: number } | undefined {
  return db.sql('SELECT number, unworded FROM catalogs WHERE unworded > 0 AND name IS NOT NULL LIMIT 1').get();
}

/** Downwards, so that one number says what is left. */
function indexSome(db: Database): void {
  const catalog = nextCatalog(db);
  if (!catalog) return;
  const first = base(catalog);
  const found = db
    .sql('SELECT row, record FROM images WHERE row >= ? AND row < ? ORDER BY row DESC LIMIT ?')
    .all<{ row: number; record: string }>(first, first + catalog.unworded, BACKLOG_BATCH);
  const rows = found.map(({ row, record }) => ({ row, record: toRecord(record) }));
  indexWords(db, rows);
  const left = rows.length < BACKLOG_BATCH ? 0 : rows.at(-1)!.row - first;
  db.sql('UPDATE catalogs SET unworded = ? WHERE number = ?').run(left, catalog.number);
}
