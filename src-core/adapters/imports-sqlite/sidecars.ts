import type { Sidecar, Sidecars, SidecarText } from '../../ports/import-log.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { checkLimit, nextCursor } from './rows.ts';

export function createSidecars(db: Database): Sidecars {
  return {
    hasSidecars: (catalogId) =>
      db.read(() => db.sql('SELECT 1 FROM sidecars WHERE catalog_id = ? LIMIT 1').get(catalogId) !== undefined),

    meetSidecars: (catalogId, sidecars) =>
      db.write(() => {
        const put = db.sql(
          `INSERT INTO sidecars (catalog_id, name, path, source_id, bytes, mtime_ms, waits) VALUES (?, ?, ?, ?, ?, ?, 1)
           ON CONFLICT DO UPDATE SET path = excluded.path, source_id = excluded.source_id, bytes = excluded.bytes,
             mtime_ms = excluded.mtime_ms, waits = 1
           WHERE bytes <> excluded.bytes OR mtime_ms <> excluded.mtime_ms OR source_id <> excluded.source_id`,
        );
        for (const { name, path, sourceId, bytes, mtimeMs } of sidecars) {
          put.run(catalogId, name, path === name ? null : path, sourceId, bytes, mtimeMs);
        }
      }),

    sidecars: (catalogId, names) =>
      db.read(() => {
        const find = db.sql('SELECT * FROM sidecars WHERE catalog_id = ? AND name = ?');
        return names.flatMap((name) => find.all(catalogId, name).map(toSidecar));
      }),

    waitingSidecars: (catalogId, limit, cursor = '') =>
      db.read(() => {
        checkLimit(limit);
        const items = db
          .sql(
            `SELECT * FROM sidecars INDEXED BY sidecars_waiting
             WHERE catalog_id = ? AND waits = 1 AND name > ? ORDER BY name LIMIT ?`,
          )
          .all(catalogId, cursor, limit)
          .map((row) => ({ ...toSidecar(row), gave: JSON.parse(row.gave as string) as SidecarText[] }));
        return { items, next: nextCursor(items, limit) };
      }),

    callSidecars: (catalogId, names) =>
      db.write(() => {
        const call = db.sql('UPDATE sidecars SET waits = 1 WHERE catalog_id = ? AND name = ?');
        for (const name of names) call.run(catalogId, name);
      }),

    sidecarsApplied: (catalogId, applied) =>
      db.write(() => {
        const set = db.sql('UPDATE sidecars SET waits = 0, gave = ? WHERE catalog_id = ? AND name = ?');
        for (const { name, gave } of applied) set.run(JSON.stringify(gave), catalogId, name);
      }),

    forgetSidecars: (catalogId, names) =>
      db.write(() => {
        const drop = db.sql('DELETE FROM sidecars WHERE catalog_id = ? AND name = ?');
        for (const name of names) drop.run(catalogId, name);
      }),
  };
}

function toSidecar(row: Row): Sidecar {
  const name = row.name as string;
  return {
    name,
    path: (row.path as string | null) ?? name,
    sourceId: row.source_id as string,
    bytes: row.bytes as number,
    mtimeMs: row.mtime_ms as number,
  };
}
