import type { DuplicateLog, ScannedPicture } from '../../ports/duplicate-log.ts';
import type { SimilarPair } from '../../domain/duplicates.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { scanRow } from './scans.ts';

type Verbs = Pick<DuplicateLog, 'pictures' | 'pairs' | 'pairsAmong' | 'imageIds' | 'numbersOf' | 'forget' | 'stamp'>;

type PairRow = Row & SimilarPair;

/** What a scan has found. Lists of numbers and ids go in as one JSON text. */
export function createFound(db: Database): Verbs {
  return {
    pictures: (scanId, after, limit) =>
      db.read(() =>
        db
          .sql(
            `SELECT number, same_bytes AS sameBytes, same_product AS sameProduct FROM pictures
             WHERE scan = ? AND number > ? ORDER BY number LIMIT ?`,
          )
          .all<Row & ScannedPicture>(scanRow(db, scanId).seq, after, limit)
          .map((row) => ({ ...row })),
      ),

    pairs: (scanId, leastScore, after, limit) =>
      db.read(() => {
        const { seq } = scanRow(db, scanId);
        const page = db
          .sql('SELECT a, b, score FROM pairs WHERE scan = ? AND (a, b) > (?, ?) ORDER BY a, b LIMIT ?')
          .all<PairRow>(seq, after.a, after.b, limit);
        const last = page.length < limit ? undefined : page.at(-1);
        const pairs = page.filter(({ score }) => score >= leastScore).map((row) => ({ ...row }));
        return { pairs, next: last ? { a: last.a, b: last.b } : null };
      }),

    pairsAmong: (scanId, numbers, leastScore) =>
      db.read(() => {
        const all = new Set(numbers);
        return db
          .sql('SELECT a, b, score FROM pairs WHERE scan = ? AND a IN (SELECT value FROM json_each(?)) AND score >= ?')
          .all<PairRow>(scanRow(db, scanId).seq, JSON.stringify(numbers), leastScore)
          .filter(({ b }) => all.has(b))
          .map((row) => ({ ...row }));
      }),

    imageIds: (scanId, numbers) =>
      db.read(() => {
        const rows = db
          .sql(`SELECT number, image_id FROM pictures WHERE scan = ? AND number IN (SELECT value FROM json_each(?))`)
          .all<{ number: number; image_id: string }>(scanRow(db, scanId).seq, JSON.stringify(numbers));
        return new Map(rows.map(({ number, image_id }) => [number, image_id]));
      }),

    numbersOf: (scanId, imageIds) =>
      db.read(() => {
        const rows = db
          .sql(`SELECT number, image_id FROM pictures WHERE scan = ? AND image_id IN (SELECT value FROM json_each(?))`)
          .all<{ number: number; image_id: string }>(scanRow(db, scanId).seq, JSON.stringify(imageIds));
        return new Map(rows.map(({ number, image_id }) => [image_id, number]));
      }),

    forget: (scanId, imageIds) =>
      db.write(() => {
        const { seq } = scanRow(db, scanId);
        const { changes } = db
          .sql('DELETE FROM pictures WHERE scan = ? AND image_id IN (SELECT value FROM json_each(?))')
          .run(seq, JSON.stringify(imageIds));
        if (changes > 0) restamp(db);
      }),

    stamp: (scanId) =>
      db.read(() => {
        const { value } = db.sql('SELECT value FROM stamp').get<{ value: number }>()!;
        return `${scanRow(db, scanId).seq}.${value}`;
      }),
  };
}

/** Inside a transaction that writes. */
export function restamp(db: Database): void {
  db.sql('UPDATE stamp SET value = value + 1').run();
}
