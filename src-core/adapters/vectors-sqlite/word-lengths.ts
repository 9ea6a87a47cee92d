import type { Database } from '../sqlite/database.ts';

/** Rows whose lengths are kept in one blob; divides ROWS_PER_CATALOG, so that no blob is of two catalogs. */
const ROWS_PER_BLOCK = 1_024;

/**
 * How many words a row has, at most 255, as a byte: all of a million rows are read in a millisecond, while FTS5's own
 * lengths cost 0.4 µs for each row asked for.
 */
export type WordLengths = (row: number) => number;

/** Inside a transaction. `lengths` ascends by row. */
export function writeLengths(db: Database, lengths: readonly [row: number, length: number][]): void {
  const read = db.sql('SELECT lengths FROM word_lengths WHERE block = ?');
  const write = db.sql('INSERT OR REPLACE INTO word_lengths (block, lengths) VALUES (?, ?)');
  for (let i = 0; i < lengths.length;) {
    const block = blockOf(lengths[i]![0]);
    const bytes = read.get<{ lengths: Uint8Array<ArrayBuffer> }>(block)?.lengths ?? new Uint8Array(ROWS_PER_BLOCK);
    for (; i < lengths.length && blockOf(lengths[i]![0]) === block; i++) {
      const [row, length] = lengths[i]!;
      bytes[row % ROWS_PER_BLOCK] = Math.min(255, length);
    }
    write.run(block, bytes);
  }
}

/** As of this transaction. A blob is read when it is first asked of. */
export function readLengths(db: Database): WordLengths {
  const read = db.sql('SELECT lengths FROM word_lengths WHERE block = ?');
  let known = -1;
  let bytes = new Uint8Array(0);
  const blocks = new Map<number, Uint8Array<ArrayBuffer>>();
  return (row) => {
    const block = blockOf(row);
    if (block !== known) {
      bytes = blocks.get(block) ?? read.get<{ lengths: Uint8Array<ArrayBuffer> }>(block)!.lengths;
      blocks.set(block, bytes);
      known = block;
    }
    return bytes[row % ROWS_PER_BLOCK]!;
  };
}

/** Inside a transaction: of the rows from `from` to before `to`, a catalog's. */
export function dropLengths(db: Database, from: number, to: number): void {
  db.sql('DELETE FROM word_lengths WHERE block >= ? AND block < ?').run(blockOf(from), blockOf(to));
}

function blockOf(row: number): number {
  return Math.floor(row / ROWS_PER_BLOCK);
}
