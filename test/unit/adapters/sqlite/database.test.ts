import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase, type Database, type OpenOptions } from '../../../../src-core/adapters/sqlite/database.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const MIGRATIONS = ['CREATE TABLE item (n INTEGER PRIMARY KEY)', 'ALTER TABLE item ADD COLUMN note TEXT'];

async function open(path: string, options: Partial<OpenOptions> = {}): Promise<Database> {
  const db = await openDatabase({ path, migrations: MIGRATIONS, unavailable: 'QUEUE_UNAVAILABLE', ...options });
  onTestFinished(() => db.close());
  return db;
}

const file = async (): Promise<string> => join(await tempDir(), 'test.db');

describe('openDatabase', () => {
  it('migrates an older file step by step and keeps its rows', async () => {
    const path = await file();
    const old = await open(path, { migrations: MIGRATIONS.slice(0, 1) });
    await old.write(() => old.sql('INSERT INTO item VALUES (1)').run());
    old.close();
    const db = await open(path);
    expect(db.sql('SELECT n, note FROM item').all()).toEqual([{ n: 1, note: null }]);
  });

  it('refuses a newer file with both versions named', async () => {
    const path = await file();
    (await open(path)).close();
    await expect(open(path, { migrations: MIGRATIONS.slice(0, 1) })).rejects.toMatchObject({
      code: 'DATABASE_TOO_NEW',
      message: expect.stringMatching(/schema 2.*up to 1/),
    });
  });

  it('leaves a file as it was when a migration fails', async () => {
    const path = await file();
    await expect(open(path, { migrations: [...MIGRATIONS, 'nonsense'] })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    });
    const raw = new DatabaseSync(path);
    onTestFinished(() => raw.close());
    expect(raw.prepare('PRAGMA user_version').get()).toEqual({ user_version: 0 });
    expect(raw.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 0 });
  });

  it('says so when the folder is not there, or the file is not a database', async () => {
    const dir = await tempDir();
    await expect(open(join(dir, 'no', 'such', 'test.db'))).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
    const { writeFile } = await import('node:fs/promises');
    await writeFile(
      join(dir, 'text.db'),
      'this is not a database, and long enough to be looked at by SQLite'.repeat(40),
    );
    await expect(open(join(dir, 'text.db'))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: false });
  });
});

describe('write', () => {
  it('rolls back what a throwing transaction did', async () => {
    const db = await open(await file());
    const failing = db.write(() => {
      db.sql('INSERT INTO item (n) VALUES (1)').run();
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(db.sql('SELECT count(*) AS n FROM item').get()).toEqual({ n: 0 });
  });

  it('waits for another process’s lock, then goes on', async () => {
    const path = await file();
    const db = await open(path);
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const tries = vi.spyOn(db.raw, 'exec');
    let done = false;
    const writing = db.write(() => db.sql('INSERT INTO item (n) VALUES (1)').run()).then(() => (done = true));
    await vi.waitFor(() => expect(tries.mock.calls.length).toBeGreaterThan(3));
    expect(done).toBe(false);
    other.exec('COMMIT');
    await writing;
    expect(other.prepare('SELECT n FROM item').all()).toEqual([{ n: 1 }]);
  });

  it('gives up on a lock that stays, with a retryable error', async () => {
    const path = await file();
    const db = await open(path, { busyMs: 30 });
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    await expect(db.write(() => db.sql('INSERT INTO item (n) VALUES (1)').run())).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      retryable: true,
    });
    other.exec('ROLLBACK');
  });
});
