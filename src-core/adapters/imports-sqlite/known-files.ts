import type { KnownFile, KnownFiles, WhichKnown } from '../../ports/import-log.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { checkLimit, nextCursor, seqOf } from './rows.ts';

type NamedRow = Row & { name: string };

/** What is known of the files of a catalog, whichever source they were found through. */
export function createKnownFiles(db: Database): KnownFiles {
  /** Inside a transaction. */
  function put(catalogId: string, file: KnownFile): void {
    const { name, path, sourceId, imageId, bytes, mtimeMs, contentHash, model, inode, missingSince } = file;
    db.sql(
      `INSERT OR REPLACE INTO files (catalog_id, name, path, source_id, image_id, bytes, mtime_ms, content_hash, model,
         inode, missing_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      catalogId,
      name,
      path === name ? null : path,
      sourceId,
      imageId,
      bytes,
      mtimeMs,
      contentHash,
      model,
      inode,
      missingSince,
    );
  }

  return {
    lookup: (catalogId, names) =>
      db.read(() => {
        const find = db.sql('SELECT * FROM files WHERE catalog_id = ? AND name = ?');
        return names.flatMap((name) => find.all(catalogId, name).map(toKnownFile));
      }),

    remember: (catalogId, files) =>
      db.write(() => {
        for (const file of files) put(catalogId, file);
      }),

    known: (catalogId, which, limit, cursor = '') =>
      db.read(() => {
        checkLimit(limit);
        const { from, where, values } = conditions(catalogId, which, cursor);
        const rows = db
          .sql(`SELECT * FROM ${from} WHERE ${where} AND name > ? ORDER BY name LIMIT ?`)
          .all<NamedRow>(...values, cursor, limit);
        return { items: rows.map(toKnownFile), next: nextCursor(rows, limit) };
      }),

    countKnown: (catalogId, which) =>
      db.read(() => {
        const { from, where, values } = conditions(catalogId, which, '');
        return db.sql(`SELECT count(*) AS n FROM ${from} WHERE ${where}`).get<{ n: number }>(...values)!.n;
      }),

    byInode: (catalogId, inodes) =>
      db.read(() => {
        const find = db.sql('SELECT * FROM files INDEXED BY files_inode WHERE catalog_id = ? AND inode = ?');
        return inodes.flatMap((inode) => find.all(catalogId, inode).map(toKnownFile));
      }),

    rename: (catalogId, moves) =>
      db.write(() => {
        const drop = db.sql('DELETE FROM files WHERE catalog_id = ? AND name = ?');
        for (const { from } of moves) drop.run(catalogId, from);
        for (const { to } of moves) put(catalogId, to);
      }),

    unseen: (importId, which, limit, cursor = '') =>
      db.read(() => {
        checkLimit(limit);
        const seq = seqOf(db, importId);
        const { catalog_id: catalogId, source_id: sourceId } = db
          .sql('SELECT catalog_id, source_id FROM imports WHERE seq = ?')
          .get<{ catalog_id: string; source_id: string }>(seq)!;
        const columns = `SELECT f.*, f.missing_since IS NULL AND NOT EXISTS
          (SELECT 1 FROM ledger l WHERE l.import = ? AND l.name = f.name) AS unseen FROM files f`;
        const rows = which === 'source' ? ofSource() : below(which.under);
        const items = rows.filter((row) => row.unseen === 1).map(toKnownFile);
        return { items, next: nextCursor(rows, limit) };

        function ofSource(): NamedRow[] {
          return db
            .sql(
              `${columns} INDEXED BY files_source
               WHERE f.source_id = ? AND f.catalog_id = ? AND f.name > ? ORDER BY f.name LIMIT ?`,
            )
            .all<NamedRow>(seq, sourceId, catalogId, cursor, limit);
        }

        function below(under: string): NamedRow[] {
          const stem = stemOf(under);
          const after = cursor.startsWith(`${stem}/`) ? cursor : `${stem}/`;
          const named = db.sql(`${columns} WHERE f.catalog_id = ? AND f.name = ?`);
          const itself = cursor === '' ? named.all<NamedRow>(seq, catalogId, under) : [];
          const inside = db
            .sql(`${columns} WHERE f.catalog_id = ? AND f.name > ? AND f.name < ? ORDER BY f.name LIMIT ?`)
            .all<NamedRow>(seq, catalogId, after, `${stem}0`, limit);
          return [...itself, ...inside];
        }
      }),

    markMissing: (importId, names, at, reason = null) =>
      db.write(() => {
        const seq = seqOf(db, importId);
        const mark = db.sql(
          `UPDATE files SET missing_since = ? WHERE name = ? AND catalog_id = (SELECT catalog_id FROM imports WHERE seq = ?)`,
        );
        const line = db.sql(
          `INSERT INTO ledger (import, name, outcome, reason, at) VALUES (?, ?, 'missing', ?, ?) ON CONFLICT DO NOTHING`,
        );
        for (const name of names) {
          mark.run(at, name, seq);
          line.run(seq, name, reason, at);
        }
      }),

    hasMissing: (catalogId) =>
      db.read(() => {
        const found = db
          .sql(
            'SELECT 1 FROM files INDEXED BY files_missing_names WHERE catalog_id = ? AND missing_since IS NOT NULL LIMIT 1',
          )
          .get(catalogId);
        return found !== undefined;
      }),

    missingByHash: (catalogId, contentHashes) =>
      db.read(() => {
        const find = db.sql(
          'SELECT * FROM files INDEXED BY files_missing WHERE catalog_id = ? AND content_hash = ? AND missing_since IS NOT NULL ORDER BY name',
        );
        return contentHashes.flatMap((hash) => find.all(catalogId, hash).map(toKnownFile));
      }),

    forget: (catalogId, names) =>
      db.write(() => {
        const drop = db.sql('DELETE FROM files WHERE catalog_id = ? AND name = ?');
        for (const name of names) drop.run(catalogId, name);
      }),
  };
}

/** Names under a root lie between its stem + "/" and its stem + "0": "0" is the character after "/". */
function stemOf(root: string): string {
  return root.endsWith('/') ? root.slice(0, -1) : root;
}

/**
 * Named, because without statistics SQLite prefers the primary key for its first column, which is the same for a whole
 * catalog: 20,000 renamed files took 80 s so, and 3 s with the index.
 */
function indexFor(inRange: boolean, bySource: boolean, missing: boolean): string {
  if (missing) return 'files INDEXED BY files_missing_names';
  return bySource && !inRange ? 'files INDEXED BY files_source' : 'files';
}

/** The cursor is in the range's own bound: SQLite uses one of two, and would begin every page at the range's start. */
function conditions(catalogId: string, { sourceId, under, prefix, missing }: WhichKnown, cursor: string) {
  const parts = ['catalog_id = ?'];
  const values = [catalogId];
  if (sourceId !== undefined) {
    parts.push('source_id = ?');
    values.push(sourceId);
  }
  if (under !== undefined) {
    // As a range, which the index serves; names such as "under-2" lie in it too.
    parts.push('name >= max(?, ?) AND name < ? AND (name = ? OR name > ?)');
    values.push(under, cursor, `${stemOf(under)}0`, under, `${stemOf(under)}/`);
  }
  if (prefix !== undefined) {
    parts.push('name >= max(?, ?) AND name < ?');
    values.push(prefix, cursor, `${prefix}\u{10FFFF}`);
  }
  if (missing !== undefined) parts.push(`missing_since IS ${missing ? 'NOT ' : ''}NULL`);
  const inRange = under !== undefined || prefix !== undefined;
  return { from: indexFor(inRange, sourceId !== undefined, missing === true), where: parts.join(' AND '), values };
}

function toKnownFile(row: Row): KnownFile {
  const name = row.name as string;
  return {
    name,
    path: (row.path as string | null) ?? name,
    sourceId: row.source_id as string,
    imageId: row.image_id as string,
    bytes: row.bytes as number,
    mtimeMs: row.mtime_ms as number,
    contentHash: row.content_hash as string,
    model: row.model as string,
    inode: row.inode as number | null,
    missingSince: row.missing_since as number | null,
  };
}
