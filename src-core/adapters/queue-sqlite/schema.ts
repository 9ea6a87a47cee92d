import type { Migration } from '../sqlite/database.ts';

/*
 * `tasks.n` is the order of creation and so the place in the line; a task that comes back keeps it and is first again.
 * `tasks.suspect` is null, or its place in the suspects' list. `tasks.held` says that its import is paused, so that a
 * claim among a million held tasks is still one step in the index `ready`. `tasks.blind` names the set of workers that
 * could not see the file: sets are few where tasks are many, so a claim looks at each set's own line.
 *
 * SQLite, left to itself, often takes `by_state` where a partial index is meant, and so reads a million delayed tasks to
 * find the one that is due; statements on those name their index.
 *
 * The counts live in the one row of `queue` and are kept by triggers: whatever statement moves a task, they follow in
 * the same transaction. `minutes` holds that row's counts as they were at the end of each minute in which something
 * was written; history is the difference of two rows, so nothing has to run for it to be kept.
 */
const first = `
CREATE TABLE queue (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL DEFAULT 0,
  paused INTEGER NOT NULL DEFAULT 0,
  minute INTEGER NOT NULL DEFAULT 0,
  fingerprint TEXT,
  suspects_owner TEXT,
  suspects_until INTEGER,
  waiting INTEGER NOT NULL DEFAULT 0,
  active INTEGER NOT NULL DEFAULT 0,
  delayed INTEGER NOT NULL DEFAULT 0,
  completed INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  high INTEGER NOT NULL DEFAULT 0,
  normal INTEGER NOT NULL DEFAULT 0,
  low INTEGER NOT NULL DEFAULT 0,
  suspects INTEGER NOT NULL DEFAULT 0,
  total_enqueued INTEGER NOT NULL DEFAULT 0,
  total_completed INTEGER NOT NULL DEFAULT 0,
  total_failed INTEGER NOT NULL DEFAULT 0,
  total_cancelled INTEGER NOT NULL DEFAULT 0,
  total_retried INTEGER NOT NULL DEFAULT 0,
  total_stalled INTEGER NOT NULL DEFAULT 0
);
INSERT INTO queue (id) VALUES (1);

CREATE TABLE tasks (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT 'waiting',
  priority INTEGER NOT NULL,
  suspect INTEGER,
  held INTEGER NOT NULL DEFAULT 0,
  blind INTEGER NOT NULL DEFAULT 0,
  alone INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  stalls INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  settled INTEGER NOT NULL DEFAULT 0,
  worker_id TEXT,
  created_at INTEGER NOT NULL,
  due_at INTEGER,
  claimed_at INTEGER,
  lease_until INTEGER,
  finished_at INTEGER,
  max_attempts INTEGER NOT NULL,
  backoff_base INTEGER NOT NULL,
  backoff_cap INTEGER NOT NULL,
  kind TEXT NOT NULL,
  catalog_id TEXT NOT NULL,
  import_id TEXT,
  code TEXT,
  error TEXT,
  result TEXT,
  timings TEXT,
  history TEXT NOT NULL DEFAULT '[]',
  payload TEXT NOT NULL
);
CREATE INDEX by_state ON tasks (state);
CREATE INDEX by_import ON tasks (import_id, state);
CREATE INDEX ready ON tasks (held, blind, priority) WHERE state = 'waiting' AND suspect IS NULL;
CREATE INDEX suspects ON tasks (held, blind, suspect) WHERE state = 'waiting' AND suspect IS NOT NULL;
CREATE INDEX leases ON tasks (lease_until) WHERE state = 'active';
CREATE INDEX holders ON tasks (worker_id) WHERE state = 'active';
CREATE INDEX due ON tasks (due_at) WHERE state = 'delayed';
CREATE INDEX finished ON tasks (state, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX unseen ON tasks (blind, state) WHERE blind <> 0;

CREATE TABLE failures (code TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;

CREATE TRIGGER task_added AFTER INSERT ON tasks BEGIN
  UPDATE queue SET
    waiting = waiting + 1,
    high = high + (new.priority = 0), normal = normal + (new.priority = 1), low = low + (new.priority = 2),
    total_enqueued = total_enqueued + 1;
END;
CREATE TRIGGER task_moved AFTER UPDATE OF state ON tasks WHEN old.state <> new.state BEGIN
  UPDATE queue SET
    waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
    active = active + (new.state = 'active') - (old.state = 'active'),
    delayed = delayed + (new.state = 'delayed') - (old.state = 'delayed'),
    completed = completed + (new.state = 'completed') - (old.state = 'completed'),
    failed = failed + (new.state = 'failed') - (old.state = 'failed'),
    cancelled = cancelled + (new.state = 'cancelled') - (old.state = 'cancelled'),
    high = high + (new.priority = 0) * ((new.state = 'waiting') - (old.state = 'waiting')),
    normal = normal + (new.priority = 1) * ((new.state = 'waiting') - (old.state = 'waiting')),
    low = low + (new.priority = 2) * ((new.state = 'waiting') - (old.state = 'waiting')),
    suspects = suspects
      + (new.state = 'waiting' AND new.suspect IS NOT NULL) - (old.state = 'waiting' AND old.suspect IS NOT NULL),
    total_completed = total_completed + (new.state = 'completed'),
    total_failed = total_failed + (new.state = 'failed'),
    total_cancelled = total_cancelled + (new.state = 'cancelled');
END;
CREATE TRIGGER task_failed AFTER UPDATE OF state ON tasks WHEN new.state = 'failed' AND old.state <> 'failed' BEGIN
  INSERT INTO failures (code, count) VALUES (new.code, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER task_unfailed AFTER UPDATE OF state ON tasks WHEN old.state = 'failed' AND new.state <> 'failed' BEGIN
  UPDATE failures SET count = count - 1 WHERE code = old.code;
END;
CREATE TRIGGER task_removed AFTER DELETE ON tasks BEGIN
  UPDATE queue SET
    completed = completed - (old.state = 'completed'),
    failed = failed - (old.state = 'failed'),
    cancelled = cancelled - (old.state = 'cancelled');
  UPDATE failures SET count = count - 1 WHERE old.state = 'failed' AND code = old.code;
END;

CREATE TABLE claims (
  claim_id TEXT PRIMARY KEY,
  worker_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  empty_hands INTEGER NOT NULL,
  keep_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX claims_by_age ON claims (keep_until);

CREATE TABLE blind_sets (id INTEGER PRIMARY KEY, workers TEXT NOT NULL UNIQUE);
INSERT INTO blind_sets (id, workers) VALUES (0, '[]');

CREATE TABLE paused_imports (import_id TEXT PRIMARY KEY, paused INTEGER NOT NULL, swept_to INTEGER) WITHOUT ROWID;

CREATE TABLE workers (
  worker_id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  status TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, fact TEXT NOT NULL);

CREATE TABLE minutes (
  minute INTEGER PRIMARY KEY,
  enqueued INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  retried INTEGER NOT NULL,
  stalled INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  active INTEGER NOT NULL,
  delayed INTEGER NOT NULL
);
`;

/** A waiting task may be given another priority. */
const second = `
CREATE TRIGGER task_prioritised AFTER UPDATE OF priority ON tasks
WHEN old.state = 'waiting' AND new.state = 'waiting' AND old.priority <> new.priority BEGIN
  UPDATE queue SET
    high = high + (new.priority = 0) - (old.priority = 0),
    normal = normal + (new.priority = 1) - (old.priority = 1),
    low = low + (new.priority = 2) - (old.priority = 2);
END;
`;

export const MIGRATIONS: readonly Migration[] = [first, second];
