import { setImmediate } from 'node:timers/promises';
import { parseOrThrow } from '../../domain/app-error.ts';
import { saidFacts } from '../../domain/image-record.ts';
import type { ImportManifests, ManifestEntry } from '../../ports/import-log.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { checkLimit, nextCursor, seqOf } from './rows.ts';

/** Rows deleted at a time, so that the host's event loop is not held for long. */
const CLEAR_AT_A_TIME = 5_000;

export function createManifests(db: Database): ImportManifests {
  return {
    addManifest: (importId, entries) =>
      db.write(() => {
        const seq = seqOf(db, importId);
        const add = db.sql(
          `INSERT INTO manifest_entries (import, name, path, line, facts) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        );
        const lineOf = db.sql('SELECT line FROM manifest_entries WHERE import = ? AND name = ?');
        return entries.flatMap((entry) => {
          const { name, path, line, facts } = entry;
          const { changes } = add.run(seq, name, path === name ? null : path, line, JSON.stringify(facts));
          if (changes === 1) return [];
          const firstLine = lineOf.get(seq, name)!.line as number;
          return firstLine === line ? [] : [{ entry, firstLine }];
        });
      }),

    manifestEntries: (importId, names) =>
      db.read(() => {
        const seq = seqOf(db, importId);
        const find = db.sql('SELECT * FROM manifest_entries WHERE import = ? AND name = ?');
        return names.flatMap((name) => find.all(seq, name).map(toEntry));
      }),

    manifest: (importId, limit, cursor = '') =>
      db.read(() => {
        checkLimit(limit);
        const items = db
          .sql('SELECT * FROM manifest_entries WHERE import = ? AND name > ? ORDER BY name LIMIT ?')
          .all(seqOf(db, importId), cursor, limit)
          .map(toEntry);
        return { items, next: nextCursor(items, limit) };
      }),

    async clearManifest(importId) {
      for (;;) {
        const { changes } = await db.write(() => {
          const seq = seqOf(db, importId);
          return db
            .sql(
              `DELETE FROM manifest_entries WHERE import = ? AND name IN
                 (SELECT name FROM manifest_entries WHERE import = ? LIMIT ${CLEAR_AT_A_TIME})`,
            )
            .run(seq, seq);
        });
        if (changes < CLEAR_AT_A_TIME) return;
        await setImmediate();
      }
    },
  };
}

function toEntry(row: Row): ManifestEntry {
  const name = row.name as string;
  return {
    name,
    path: (row.path as string | null) ?? name,
    line: row.line as number,
    facts: parseOrThrow(saidFacts, JSON.parse(row.facts as string), 'import log', 'INTERNAL'),
  };
}
