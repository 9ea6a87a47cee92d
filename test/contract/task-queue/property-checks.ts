import { strict as assert } from 'node:assert';
import { backoffDelay, TASK_PRIORITIES, TASK_STATES, type Task } from '../../../src-core/domain/task.ts';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { BACKOFF, BACKOFF_CAP } from './backend.ts';
import type { QueueModel } from './model-types.ts';

/** All that can be seen of the queue is what the model says, and what must hold whatever a model says holds. */
export async function compare(queue: TaskQueue, model: QueueModel): Promise<void> {
  const { items } = await queue.list({}, 1_000);
  const modelled = [...model.tasks.values()].toSorted((a, b) => b.place - a.place);
  assert.deepEqual(
    items.map((task) => ({ ...visible(task), suspect: task.suspect, code: task.error?.code ?? null })),
    modelled.map((task) => ({ ...visible(task), suspect: task.suspect !== null, code: task.code })),
  );
  await compareCounts(queue, model, items);
  for (const task of items) checkTask(task, model.now);
  checkAlone(items);
}

type Visible = Pick<
  Task,
  'id' | 'state' | 'priority' | 'maxAttempts' | 'attempts' | 'stalls' | 'version' | 'workerId' | 'dueAt'
>;

function visible({ id, state, priority, maxAttempts, attempts, stalls, version, workerId, dueAt }: Visible): Visible {
  return { id, state, priority, maxAttempts, attempts, stalls, version, workerId, dueAt };
}

/** Counts are kept as tasks move; here they are counted. */
async function compareCounts(queue: TaskQueue, model: QueueModel, items: readonly Task[]): Promise<void> {
  const { counts, waitingByPriority, suspects, totals, paused, failuresByCode } = await queue.stats();
  const waiting = items.filter(({ state }) => state === 'waiting');
  const failed = items.filter(({ state }) => state === 'failed');
  assert.deepEqual(
    { counts, waitingByPriority, suspects, totals, paused, failuresByCode },
    {
      counts: tally(
        TASK_STATES,
        items.map(({ state }) => state),
      ),
      waitingByPriority: tally(
        TASK_PRIORITIES,
        waiting.map(({ priority }) => priority),
      ),
      suspects: waiting.filter(({ suspect }) => suspect).length,
      totals: model.totals,
      paused: model.paused,
      failuresByCode: tally([...new Set(failed.map(codeOf))], failed.map(codeOf)),
    },
  );
}

function codeOf({ error }: Task): string {
  return error?.code ?? 'none';
}

function tally<K extends string>(keys: readonly K[], found: readonly K[]): Record<K, number> {
  const pairs = keys.map((key) => [key, found.filter((one) => one === key).length]);
  return Object.fromEntries(pairs) as Record<K, number>;
}

/** Who runs a suspect holds nothing else. */
function checkAlone(items: readonly Task[]): void {
  const active = items.filter(({ state }) => state === 'active');
  for (const { workerId, suspect } of active) {
    if (suspect)
      assert.equal(active.filter((task) => task.workerId === workerId).length, 1, `${workerId} is not alone`);
  }
}

function checkTask(task: Task, now: number): void {
  if (task.error?.code === 'WORKER_CRASHED') assert.equal(task.stalls, 3, `${task.id} has not stalled three times`);
  // Only a run that ended with an error of its own burns an attempt.
  const errors = task.history.filter(({ error }) => error.code !== 'WORKER_LOST').length;
  if (task.history.length < 10) assert(task.attempts <= errors, `${task.id} lost an attempt to a stall or a release`);
  assert(task.attempts <= task.maxAttempts);
  const last = task.history.at(-1);
  if (task.state === 'delayed' && last?.at === now && last.error.code === 'STORE_UNAVAILABLE') {
    const delay = (task.dueAt ?? 0) - now;
    const backoff = { baseMs: BACKOFF, capMs: BACKOFF_CAP };
    assert(delay >= backoffDelay(task.attempts, backoff, 0) && delay <= backoffDelay(task.attempts, backoff, 1));
  }
}
