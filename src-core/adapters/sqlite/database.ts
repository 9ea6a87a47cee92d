import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { AppError, type ErrorCode } from '../../domain/app-error.ts';
import { refuseNetworkFileSystem } from './network-file-system.ts';

export type Row = Record<string, SQLOutputValue>;

/** One step from version n to n + 1. Never changed once released; a new one is appended. */
export type Migration = string | ((db: DatabaseSync) => void);

export interface OpenOptions {
  /** A file, or ":memory:". */
  path: string;
  migrations: readonly Migration[];
  /** Code of the error when the database cannot be opened or stays locked. */
  unavailable: Extract<ErrorCode, 'QUEUE_UNAVAILABLE' | 'STORE_UNAVAILABLE' | 'DATA_DIR_UNUSABLE'>;
  /** `normal` outlives any death of a process; `full` also a power cut, at a fifth of the speed. */
  durability?: 'normal' | 'full';
  /** Only for a new file. */
  pageSize?: number;
  /** How long a locked database is waited for. */
  busyMs?: number;
}

/** A SQLite file that several processes share. Statements are synchronous; only waiting for a lock is not. */
export interface Database {
  /**
   * Runs `work` in BEGIN IMMEDIATE … COMMIT and answers what it answers; rolled back when it throws. `work` must not
   * await. Waits for the lock with a jittered retry: SQLite's own busy handler starves workers (docs/decisions).
   */
  write<T>(work: () => T): Promise<T>;
  /** Runs `work`, a read, in one snapshot. */
  read<T>(work: () => T): Promise<T>;
  /** A cached prepared statement. */
  sql(text: string): Statement;
  readonly raw: DatabaseSync;
  close(): void;
}

export interface Statement {
  run(...values: SQLInputValue[]): { changes: number };
  get<T extends Row = Row>(...values: SQLInputValue[]): T | undefined;
  all<T extends Row = Row>(...values: SQLInputValue[]): T[];
  /** Row by row, for results that do not fit in memory. */
  iterate<T extends Row = Row>(...values: SQLInputValue[]): Iterable<T>;
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;

/** Opens (or makes) the file, in WAL, and migrates it. Throws `unavailable`, DATABASE_TOO_NEW or DATA_DIR_UNUSABLE. */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { path, migrations, unavailable, durability = 'normal', pageSize, busyMs = 30_000 } = options;
  if (path !== ':memory:') await refuseNetworkFileSystem(path);

  let raw: DatabaseSync;
  try {
    raw = new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw translate(error);
  }
  const statements = new Map<string, StatementSync>();

  function translate(error: unknown): unknown {
    const code = resultCode(error);
    if (code === null || !(error instanceof Error)) return error;
    const message = `${path}: ${error.message}`;
    if (code === SQLITE_FULL) return new AppError('DISK_FULL', message, { cause: error });
    if (code === SQLITE_READONLY || code === SQLITE_CANTOPEN) {
      return new AppError('DATA_DIR_UNUSABLE', message, { cause: error });
    }
    const retryable = code === SQLITE_BUSY || code === SQLITE_LOCKED;
    return new AppError(unavailable, message, { retryable, cause: error });
  }

  async function whenUnlocked<T>(work: () => T): Promise<T> {
    const giveUpAt = performance.now() + busyMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (resultCode(error) !== SQLITE_BUSY || performance.now() > giveUpAt) throw translate(error);
        await sleep(1 + Math.random() * 14);
      }
    }
  }

  function transaction<T>(begin: string, work: () => T): T {
    raw.exec(begin);
    try {
      const answer = work();
      raw.exec('COMMIT');
      return answer;
    } catch (error) {
      // A full disk rolls back by itself.
      if (raw.isTransaction) raw.exec('ROLLBACK');
      throw error;
    }
  }

  try {
    await whenUnlocked(() => {
      if (pageSize) raw.exec(`PRAGMA page_size = ${pageSize}`);
      raw.exec('PRAGMA journal_mode = WAL');
      raw.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
      raw.exec('PRAGMA foreign_keys = ON');
    });
    await whenUnlocked(() => transaction('BEGIN IMMEDIATE', () => migrate(raw, path, migrations)));
  } catch (error) {
    raw.close();
    throw error;
  }

  return {
    raw,
    write: (work) => whenUnlocked(() => transaction('BEGIN IMMEDIATE', work)),
    read: (work) => whenUnlocked(() => transaction('BEGIN', work)),
    sql(text) {
      let statement = statements.get(text);
      if (!statement) {
        statement = raw.prepare(text);
        statements.set(text, statement);
      }
      return statement as unknown as Statement;
    },
    close() {
      statements.clear();
      if (raw.isOpen) raw.close();
    },
  };
}

function migrate(db: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found > migrations.length) {
    throw new AppError(
      'DATABASE_TOO_NEW',
      `${path} has schema ${found}; this version knows up to ${migrations.length}`,
    );
  }
  for (const migration of migrations.slice(found)) {
    if (typeof migration === 'string') db.exec(migration);
    else migration(db);
  }
  // Only then: it writes the file.
  if (found < migrations.length) db.exec(`PRAGMA user_version = ${migrations.length}`);
}

/** SQLite's primary result code, or null when the error is not SQLite's. */
function resultCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : null;
}
