import { randomUUID } from 'node:crypto';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import {
  importRun,
  isFinished,
  LEDGER_OUTCOMES,
  NO_RULES,
  source,
  sourceRules,
  type ImportRun,
  type Source,
} from '../../domain/import.ts';
import { manifestColumns } from '../../domain/manifest-columns.ts';
import { OWN_NAMES } from '../../domain/naming.ts';
import type { ImportRuns } from '../../ports/import-log.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { checkLimit, seqOf } from './rows.ts';

/** Sources and imports, without their lines. */
export function createRuns(db: Database, now: () => number): ImportRuns {
  function sourceAt(catalogId: string, root: string): Source | null {
    const row = db.sql('SELECT * FROM sources WHERE catalog_id = ? AND root = ?').get(catalogId, root);
    return row ? toSource(row) : null;
  }

  function toRun(row: Row): ImportRun {
    const tallies = db.sql('SELECT outcome, code, n FROM tallies WHERE import = ? AND n > 0').all<{
      outcome: string;
      code: string;
      n: number;
    }>(row.seq as number);
    const counts = Object.fromEntries(LEDGER_OUTCOMES.map((outcome) => [outcome, 0]));
    for (const { outcome, n } of tallies) counts[outcome] = (counts[outcome] ?? 0) + n;
    return parseOrThrow(
      importRun,
      {
        id: row.id,
        sourceId: row.source_id,
        catalogId: row.catalog_id,
        state: row.state,
        reason: row.reason,
        priority: row.priority,
        manifest: row.manifest,
        startedBy: row.started_by,
        owner: row.owner,
        ownerUntil: row.owner_until,
        walked: row.walked === 1,
        createdAt: row.created_at,
        finishedAt: row.finished_at,
        counts,
        errors: Object.fromEntries(
          tallies.filter(({ outcome }) => outcome === 'failed').map(({ code, n }) => [code, n]),
        ),
      },
      'import log',
      'INTERNAL',
    );
  }

  function runBySource(sourceId: string): ImportRun | null {
    const row = db.sql('SELECT * FROM imports WHERE source_id = ? AND finished_at IS NULL').get(sourceId);
    return row ? toRun(row) : null;
  }

  function getRun(id: string): ImportRun | null {
    const row = db.sql('SELECT * FROM imports WHERE id = ?').get(id);
    return row ? toRun(row) : null;
  }

  function changeRow(sourceId: string, set: string, ...values: (string | number)[]): void {
    const { changes } = db.sql(`UPDATE sources SET ${set} WHERE id = ?`).run(...values, sourceId);
    if (changes === 0) throw new AppError('NOT_FOUND', `there is no source ${sourceId}`);
  }

  return {
    ensureSource: (wanted) =>
      db.write(() => {
        const made = parseOrThrow(
          source,
          {
            naming: OWN_NAMES,
            ...wanted,
            rules: NO_RULES,
            columns: {},
            watch: false,
            mounts: [],
            id: randomUUID(),
            createdAt: now(),
          },
          'source',
        );
        db.sql(
          `INSERT INTO sources (id, catalog_id, kind, root, path, naming, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (catalog_id, root)
             DO UPDATE SET kind = excluded.kind, path = excluded.path,
               naming = iif(removed_at IS NULL, naming, excluded.naming)`,
        ).run(made.id, made.catalogId, made.kind, made.root, made.path, JSON.stringify(made.naming), made.createdAt);
        return sourceAt(made.catalogId, made.root) ?? made;
      }),

    source: (id) =>
      db.read(() => {
        const row = db.sql('SELECT * FROM sources WHERE id = ?').get(id);
        return row ? toSource(row) : null;
      }),

    sourceAt: (catalogId, root) => db.read(() => sourceAt(catalogId, root)),

    sources: (catalogId) =>
      db.read(() =>
        db
          .sql('SELECT * FROM sources WHERE removed_at IS NULL AND catalog_id = coalesce(?, catalog_id) ORDER BY root')
          .all(catalogId ?? null)
          .map(toSource),
      ),

    setRules: (sourceId, rules) =>
      db.write(() => changeRow(sourceId, 'rules = ?', JSON.stringify(parseOrThrow(sourceRules, rules, 'rules')))),

    setColumns: (sourceId, columns) =>
      db.write(() =>
        changeRow(sourceId, 'columns = ?', JSON.stringify(parseOrThrow(manifestColumns, columns, 'columns'))),
      ),

    setWatch: (sourceId, watch) => db.write(() => changeRow(sourceId, 'watch = ?', Number(watch))),

    setMounts: (sourceId, mounts) => db.write(() => changeRow(sourceId, 'mounts = ?', JSON.stringify(mounts))),

    moveSource: (sourceId, { root, path }) =>
      db.write(() => {
        const taken = db
          .sql(
            `SELECT 1 FROM sources WHERE id <> ? AND root = ? AND catalog_id = (SELECT catalog_id FROM sources WHERE id = ?)`,
          )
          .get(sourceId, root, sourceId);
        if (taken) throw new AppError('CONFLICT', `the catalog has a source at ${path} already`);
        changeRow(sourceId, 'root = ?, path = ?', root, path);
      }),

    // Its root is free for another; a source that is made there later has rules of its own.
    removeSource: (sourceId) => db.write(() => changeRow(sourceId, `removed_at = ?, root = root || '#' || id`, now())),

    openImport: ({ sourceId, catalogId, priority, manifest, startedBy }) =>
      db.write(() => {
        db.sql(
          `INSERT INTO imports (id, source_id, catalog_id, state, priority, manifest, started_by, created_at)
           VALUES (?, ?, ?, 'walking', ?, ?, ?, ?) ON CONFLICT (source_id) WHERE finished_at IS NULL DO NOTHING`,
        ).run(randomUUID(), sourceId, catalogId, priority, manifest, startedBy ?? null, now());
        return runBySource(sourceId)!;
      }),

    getImport: (id) => db.read(() => getRun(id)),

    unfinished: (sourceId) => db.read(() => runBySource(sourceId)),

    unsettled: (sourceId) =>
      db.read(() =>
        db
          .sql(
            `SELECT id FROM imports WHERE source_id = ? AND EXISTS (SELECT 1 FROM tallies
               WHERE import = seq AND outcome IN ('open', 'failed', 'cancelled') AND n > 0) ORDER BY seq`,
          )
          .all<{ id: string }>(sourceId)
          .map(({ id }) => id),
      ),

    latest: (sourceId) =>
      db.read(() => {
        const row = db.sql('SELECT * FROM imports WHERE source_id = ? ORDER BY seq DESC LIMIT 1').get(sourceId);
        return row ? toRun(row) : null;
      }),

    listImports: (limit) =>
      db.read(() => {
        checkLimit(limit);
        return db.sql('SELECT * FROM imports ORDER BY seq DESC LIMIT ?').all(limit).map(toRun);
      }),

    own: (importId, owner, forMs, deadOwner) =>
      db.write(() => {
        const { changes } = db
          .sql(
            `UPDATE imports SET owner = ?, owner_until = ?
             WHERE seq = ? AND (owner IS NULL OR owner = ? OR owner IS ? OR owner_until <= ?)`,
          )
          .run(owner, now() + forMs, seqOf(db, importId), owner, deadOwner ?? owner, now());
        return changes === 1;
      }),

    disown: (importId, owner) =>
      db.write(() => {
        db.sql('UPDATE imports SET owner = NULL, owner_until = NULL WHERE seq = ? AND owner = ?').run(
          seqOf(db, importId),
          owner,
        );
      }),

    setState: (importId, state, reason = null) =>
      db.write(() => {
        const { changes } = db
          .sql('UPDATE imports SET state = ?, reason = ?, finished_at = ? WHERE seq = ? AND finished_at IS NULL')
          .run(state, reason, isFinished(state) ? now() : null, seqOf(db, importId));
        return changes === 1;
      }),

    setWalked: (importId) =>
      db.write(() => {
        db.sql(`UPDATE imports SET walked = 1, state = iif(state = 'walking', 'draining', state) WHERE seq = ?`).run(
          seqOf(db, importId),
        );
      }),
  };
}

function toSource(row: Row): Source {
  return parseOrThrow(
    source,
    {
      id: row.id,
      catalogId: row.catalog_id,
      kind: row.kind,
      root: row.root,
      path: row.path,
      rules: JSON.parse(row.rules as string),
      columns: JSON.parse(row.columns as string),
      watch: row.watch === 1,
      mounts: JSON.parse(row.mounts as string),
      naming: JSON.parse(row.naming as string),
      createdAt: row.created_at,
    },
    'import log',
    'INTERNAL',
  );
}
