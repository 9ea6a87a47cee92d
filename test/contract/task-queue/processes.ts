import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { newTasks } from './backend.ts';

const TASKS = 2_000;
const LEASE_MS = 3_000;

/** How each worker ends, in the order in which they are started; the last of all work to the end. */
const FATES = [
  ['claim', '3'],
  ['settle', '5'],
  ['killed', '10'],
  ['claim', '4'],
  ['killed', '20'],
  ['settle', '2'],
] as const;

/**
 * Worker processes on one backend are killed at bad moments, and nothing is lost or done twice. `program` calls
 * `workToTheEnd` with the queue that it opens at `place`, its first argument.
 */
export async function checkProcesses(queue: TaskQueue, program: string, place: string): Promise<void> {
  await queue.enqueue(newTasks(TASKS));
  const { cursor } = await queue.events(null);

  const accepted: string[] = [];
  const fates = [...FATES];
  let started = 0;

  /** Runs one worker after the other until one comes to its end: a supervisor's part. */
  async function keepOneRunning(): Promise<void> {
    for (;;) {
      const number = (started += 1);
      const workerId = `w${number}`;
      const [diesAt, after] = fates.shift() ?? ['never', '0'];
      const child = fork(program, [place, workerId, String(LEASE_MS), diesAt, after]);
      onTestFinished(() => void child.kill('SIGKILL'));
      let batches = 0;
      child.on('message', (ids: string[]) => {
        accepted.push(...ids);
        batches += 1;
        if (diesAt === 'killed' && batches === Number(after)) child.kill('SIGKILL');
      });
      const signal = await endOf(child);
      if (signal === null) return;
      // Of every other death nobody tells the queue: those leases have to run out.
      if (number % 2 === 0) await queue.reclaim(workerId);
    }
  }
  await Promise.all([keepOneRunning(), keepOneRunning(), keepOneRunning()]);

  expect(fates).toEqual([]);
  expect(started).toBe(3 + FATES.length);
  expect(new Set(accepted).size).toBe(accepted.length);
  const { counts, totals } = await queue.stats();
  expect(counts).toEqual({ waiting: 0, active: 0, delayed: 0, completed: TASKS, failed: 0, cancelled: 0 });
  expect(totals.completed).toBe(TASKS);
  expect(totals.stalled).toBeGreaterThan(0);
  const completions = await completionsSince(queue, cursor);
  expect(new Set(completions).size).toBe(TASKS);
  expect(completions.length).toBe(TASKS);
}

/** The signal that ended it, or null for an end of its own. Throws when it failed. */
async function endOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== null && code !== 0) throw new Error(`a worker ended with ${code}`);
  return signal;
}

async function completionsSince(queue: TaskQueue, cursor: number): Promise<string[]> {
  const { events, gap } = await queue.events(cursor, 10_000);
  expect(gap).toBe(false);
  return events.flatMap((event) =>
    event.type === 'settled' ? event.tasks.filter(({ state }) => state === 'completed').map(({ id }) => id) : [],
  );
}
