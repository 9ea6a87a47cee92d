import type { Migration } from '../sqlite/database.ts';

/**
 * Imports are numbered inside, so that a ledger line carries a small number and not a UUID. `tallies` counts the ledger
 * by outcome and error code; triggers keep it in the same transaction, because progress is read five times a second and
 * counting a million lines takes longer than that.
 */
const first = `
CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  catalog_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  root TEXT NOT NULL,
  path TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (catalog_id, root)
) STRICT;

CREATE TABLE imports (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  source_id TEXT NOT NULL REFERENCES sources (id),
  catalog_id TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  priority TEXT NOT NULL,
  manifest TEXT,
  owner TEXT,
  owner_until INTEGER,
  walked INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE UNIQUE INDEX imports_unfinished ON imports (source_id) WHERE finished_at IS NULL;

CREATE TABLE ledger (
  import INTEGER NOT NULL,
  name TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  task_id TEXT,
  bytes INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (import, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_open ON ledger (import, name) WHERE outcome = 'open';
CREATE INDEX ledger_failed ON ledger (import, name) WHERE outcome = 'failed';

CREATE TABLE tallies (
  import INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (import, outcome, code)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_added AFTER INSERT ON ledger BEGIN
  INSERT INTO tallies VALUES (new.import, new.outcome, iif(new.outcome = 'failed', new.reason, ''), 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER ledger_removed AFTER DELETE ON ledger BEGIN
  UPDATE tallies SET n = n - 1
  WHERE import = old.import AND outcome = old.outcome AND code = iif(old.outcome = 'failed', old.reason, '');
END;
CREATE TRIGGER ledger_changed AFTER UPDATE OF outcome, reason ON ledger BEGIN
  UPDATE tallies SET n = n - 1
  WHERE import = old.import AND outcome = old.outcome AND code = iif(old.outcome = 'failed', old.reason, '');
  INSERT INTO tallies VALUES (new.import, new.outcome, iif(new.outcome = 'failed', new.reason, ''), 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE files (
  catalog_id TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT,
  source_id TEXT NOT NULL,
  image_id TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  content_hash TEXT NOT NULL,
  model TEXT NOT NULL,
  missing_since INTEGER,
  PRIMARY KEY (catalog_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_missing ON files (catalog_id, content_hash) WHERE missing_since IS NOT NULL;

CREATE TABLE manifest_entries (
  import INTEGER NOT NULL,
  name TEXT NOT NULL,
  path TEXT,
  line INTEGER NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (import, name)
) STRICT, WITHOUT ROWID;
`;

/**
 * Rules, mounts and removal of sources; inodes, by which renamed files are known again; sidecars, of which those with
 * `waits` are still to be applied. A trimmed import keeps its counts, so the trigger leaves them alone.
 */
const second = `
ALTER TABLE sources ADD COLUMN rules TEXT NOT NULL DEFAULT '{"include":[],"exclude":[]}';
ALTER TABLE sources ADD COLUMN mounts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sources ADD COLUMN removed_at INTEGER;
ALTER TABLE imports ADD COLUMN trimmed INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER ledger_removed;
CREATE TRIGGER ledger_removed AFTER DELETE ON ledger
WHEN (SELECT trimmed FROM imports WHERE seq = old.import) IS NOT 1 BEGIN
  UPDATE tallies SET n = n - 1
  WHERE import = old.import AND outcome = old.outcome AND code = iif(old.outcome = 'failed', old.reason, '');
END;

ALTER TABLE files ADD COLUMN inode REAL;
CREATE INDEX files_inode ON files (catalog_id, inode) WHERE inode IS NOT NULL;
CREATE INDEX files_source ON files (source_id, name);
CREATE INDEX files_missing_names ON files (catalog_id, name) WHERE missing_since IS NOT NULL;

CREATE TABLE sidecars (
  catalog_id TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT,
  source_id TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  waits INTEGER NOT NULL,
  gave TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (catalog_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX sidecars_waiting ON sidecars (catalog_id, name) WHERE waits = 1;
`;

/** How a source's files are named in the store: sources from before were all of this machine alone. */
const third = `
ALTER TABLE sources ADD COLUMN naming TEXT NOT NULL DEFAULT '{"machine":null,"folders":[]}';
`;

/** How a source's manifests are read, whether it is watched, and who began an import. */
const fourth = `
ALTER TABLE sources ADD COLUMN columns TEXT NOT NULL DEFAULT '{}';
ALTER TABLE sources ADD COLUMN watch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN started_by TEXT;
CREATE INDEX imports_source ON imports (source_id, seq);
`;

export const migrations: readonly Migration[] = [first, second, third, fourth];
