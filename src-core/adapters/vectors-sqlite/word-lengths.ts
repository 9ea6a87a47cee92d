import type { Database } from '../sqlite/database.ts';

/** Rows whose lengths are kept in one blob; divides ROWS_PER_CATALOG, so that no blob is of two catalogs. */
const ROWS_PER_BLOCK = 1_024;
/** What a row's length is cut to. */
export const MAX_LENGTH = 255;

/**
 * Inside a transaction: notes how many words rows have, ascending by row. A byte for each: FTS5's own lengths cost
 * 0.4 µs for each row asked for.
 */
export function writeLengths(db: Database, lengths: readonly [row: number, length: number][]): void {
  const read = db.sql('SELECT lengths FROM word_lengths WHERE block = ?');
  const write = db.sql('INSERT OR REPLACE INTO word_lengths (block, lengths) VALUES (?, ?)');
  for (let i = 0; i < lengths.length;) {
    const block = blockOf(lengths[i]![0]);
    const bytes = read.get<{ lengths: Uint8Array<ArrayBuffer> }>(block)?.lengths ?? new Uint8Array(ROWS_PER_BLOCK);
    for (; i < lengths.length && blockOf(lengths[i]![0]) === block; i++) {
      const [row, length] = lengths[i]!;
      bytes[row % ROWS_PER_BLOCK] = Math.min(MAX_LENGTH, length);
    }
    write.run(block, bytes);
  }
}

/** Inside a transaction: how many words ascending rows have, which are counted from `first`; at most MAX_LENGTH. */
export type ReadLengths = (first: number, rows: readonly number[]) => Uint8Array;

/**
 * Keeps what it has read until the file is written to: where a search finds many, the blobs of a million rows cost
 * 2 ms. A megabyte for a million rows.
 */
export function createReadLengths(db: Database): ReadLengths {
  const read = db.sql('SELECT lengths FROM word_lengths WHERE block = ?');
  // The one changes with what other connections commit, the other with what this one does.
  const readVersion = db.sql(`SELECT data_version || '.' || total_changes() AS version FROM pragma_data_version`);
  const blocks = new Map<number, Uint8Array>();
  let version = '';

  function bytesOf(block: number): Uint8Array {
    let bytes = blocks.get(block);
    if (!bytes) {
      bytes = read.get<{ lengths: Uint8Array<ArrayBuffer> }>(block)!.lengths;
      blocks.set(block, bytes);
    }
    return bytes;
  }

  return (first, rows) => {
    const now = readVersion.get<{ version: string }>()!.version;
    if (now !== version) blocks.clear();
    version = now;
    const lengths = new Uint8Array(rows.length);
    let known = -1;
    let bytes = lengths;
    for (let i = 0; i < rows.length; i++) {
      const row = first + rows[i]!;
      const block = blockOf(row);
      if (block !== known) bytes = bytesOf(block) as typeof bytes;
      known = block;
      lengths[i] = bytes[row % ROWS_PER_BLOCK]!;
    }
    return lengths;
  };
}

/** Inside a transaction: of the rows from `from` to before `to`, a catalog's. */
export function dropLengths(db: Database, from: number, to: number): void {
  db.sql('DELETE FROM word_lengths WHERE block >= ? AND block < ?').run(blockOf(from), blockOf(to));
}

function blockOf(row: number): number {
  return Math.floor(row / ROWS_PER_BLOCK);
}
