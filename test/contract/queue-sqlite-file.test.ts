import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { tempDir } from '../support/temp-dir.ts';
import {
  claim,
  claimOne,
  claimTasks,
  dead,
  done,
  newTask,
  newTasks,
  release,
  status,
  suiteSettings,
  UNSEEN_RETRY,
  type QueueOverrides,
} from './task-queue/backend.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 1, 12);

interface File {
  path: string;
  clock: { now: number };
  open(overrides?: QueueOverrides): Promise<TaskQueue>;
  /** The file itself, past the adapter. */
  raw(): DatabaseSync;
}

async function newFile(): Promise<File> {
  const path = join(await tempDir(), 'queue.db');
  const clock = { now: NOON };
  return {
    path,
    clock,
    async open(overrides) {
      const queue = await openSqliteQueue({ path, settings: suiteSettings(overrides), now: () => clock.now });
      onTestFinished(() => queue.close());
      return queue;
    },
    raw() {
      const db = new DatabaseSync(path);
      onTestFinished(() => db.close());
      return db;
    },
  };
}

async function complete(queue: TaskQueue, count: number): Promise<void> {
  await queue.settle('w1', (await claimTasks(queue, 'w1', count)).map(done));
}

function countOf(db: DatabaseSync, table: string): number {
  return Number(db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
}

describe('history in the file', () => {
  it('has a point for every minute, with the depth of those in which nothing happened', async () => {
    const { clock, open } = await newFile();
    const queue = await open();
    await queue.enqueue(newTasks(10));
    clock.now += MINUTE;
    await complete(queue, 4);
    clock.now += 3 * MINUTE;
    await queue.settle('w1', [dead(await claimOne(queue))]);
    await queue.close();
    const again = await open();
    const points = await again.history(NOON - MINUTE, clock.now, MINUTE);
    const rows = points.map(({ at, enqueued, completed, failed, waiting }) => [
      (at - NOON) / MINUTE,
      enqueued,
      completed,
      failed,
      waiting,
    ]);
    expect(rows).toEqual([
      [-1, 0, 0, 0, 0],
      [0, 10, 0, 0, 10],
      [1, 0, 4, 0, 6],
      [2, 0, 0, 0, 6],
      [3, 0, 0, 0, 6],
      [4, 0, 0, 1, 5],
    ]);
    const coarse = await again.history(NOON, clock.now, 2 * MINUTE);
    expect(coarse.map(({ enqueued, completed, failed }) => enqueued + completed + failed)).toEqual([14, 0, 1]);
  });

  it('gives rates over one, five and fifteen minutes', async () => {
    const { clock, open } = await newFile();
    const queue = await open();
    await queue.enqueue(newTasks(90));
    await complete(queue, 60);
    clock.now += 10 * MINUTE;
    await complete(queue, 30);
    clock.now += MINUTE / 2;
    expect((await queue.stats()).throughput).toEqual({ perMinute1: 30, perMinute5: 6, perMinute15: 6 });
    clock.now += MINUTE;
    expect((await queue.stats()).throughput.perMinute1).toBe(15);
    clock.now += 60 * MINUTE;
    expect((await queue.stats()).throughput).toEqual({ perMinute1: 0, perMinute5: 0, perMinute15: 0 });
  });

  it('is kept for thirty days', async () => {
    const { clock, open, raw } = await newFile();
    const queue = await open();
    await queue.enqueue([newTask('a')]);
    clock.now += 31 * 24 * 60 * MINUTE;
    await queue.enqueue([newTask('b')]);
    expect(countOf(raw(), 'minutes')).toBe(2);
    expect((await queue.maintain()).trimmed).toBe(2);
    const points = await queue.history(clock.now, clock.now, MINUTE);
    expect(points).toMatchObject([{ waiting: 2 }]);
  });
});

describe('maintenance of the file', () => {
  it('forgets claims, silent workers and unused sets of workers', async () => {
    const { clock, open, raw } = await newFile();
    const queue = await open();
    const db = raw();
    await queue.heartbeat(status('w1'));
    await queue.heartbeat(status('w2'));
    await queue.enqueue([newTask('a')]);
    await queue.settle('w1', [release(await claimOne(queue, 'w1'), 'unseen')]);
    clock.now += UNSEEN_RETRY;
    await queue.maintain();
    expect([countOf(db, 'claims'), countOf(db, 'workers'), countOf(db, 'blind_sets')]).toEqual([1, 2, 2]);
    await queue.settle('w2', [done(await claimOne(queue, 'w2'))]);
    await queue.maintain();
    expect(countOf(db, 'blind_sets')).toBe(1);
    clock.now += 24 * 60 * MINUTE;
    await queue.maintain();
    expect([countOf(db, 'claims'), countOf(db, 'workers')]).toEqual([0, 0]);
  });

  it('finishes the pause of an import whose process died over it, and its end', async () => {
    const { open, raw } = await newFile();
    const queue = await open();
    await queue.enqueue(newTasks(700, 't', { importId: 'A' }));
    await queue.setPaused(true, 'A');
    const db = raw();
    db.exec('UPDATE tasks SET held = 0 WHERE n > 250; UPDATE paused_imports SET swept_to = 250');
    await queue.maintain();
    expect(await claimTasks(queue)).toEqual([]);
    db.exec('UPDATE paused_imports SET paused = 0, swept_to = 0');
    await queue.maintain();
    expect(countOf(db, 'tasks WHERE held = 1')).toBe(0);
    expect(countOf(db, 'paused_imports')).toBe(0);
  });

  it('takes no lock while there is nothing to do', async () => {
    const { open, raw } = await newFile();
    const queue = await open();
    await queue.enqueue(newTasks(3));
    await claim(queue);
    const db = raw();
    db.exec('BEGIN IMMEDIATE');
    expect(await queue.maintain()).toMatchObject({ promoted: 0, reclaimed: 0, trimmed: 0 });
    db.exec('ROLLBACK');
  });
});

describe('the file', () => {
  it('is waited for while another process writes', async () => {
    const { open, raw } = await newFile();
    const queue = await open();
    const db = raw();
    db.exec('BEGIN IMMEDIATE');
    const enqueued = queue.enqueue([newTask('a')]);
    expect((await queue.stats()).counts.waiting).toBe(0);
    db.exec('COMMIT');
    expect(await enqueued).toMatchObject([{ created: true }]);
  });

  it('of a newer version is refused', async () => {
    const { open, raw } = await newFile();
    await (await open()).close();
    raw().exec('PRAGMA user_version = 99');
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_TOO_NEW' });
  });
});
