import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { backoff, newTask, TASK_PRIORITIES, type TaskState } from '../../domain/task.ts';
import type { EnqueueAnswer, QueueProducer } from '../../ports/task-queue.ts';
import { CHUNK, heldOf, must, type QueueContext } from './context.ts';
import { record } from './events.ts';

type ParsedTask = z.output<typeof newTask>;

/** The verb `enqueue`, with the settings' defaults in its schema. Checks all before it writes any. */
export function createEnqueue(context: QueueContext): QueueProducer['enqueue'] {
  const { attempts, backoffBaseMs, backoffCapMs } = context.settings;
  const tasksSchema = z.array(
    newTask.extend({
      maxAttempts: newTask.shape.maxAttempts.unwrap().default(attempts),
      backoff: backoff
        .extend({
          baseMs: backoff.shape.baseMs.unwrap().default(backoffBaseMs),
          capMs: backoff.shape.capMs.unwrap().default(backoffCapMs),
        })
        .prefault({}),
    }),
  );

  return async (tasks) => {
    const parsed = parseOrThrow(tasksSchema, tasks, 'tasks');
    const answers: EnqueueAnswer[] = [];
    for (let start = 0; start < parsed.length; start += CHUNK) {
      if (start > 0) await nextTurn();
      const chunk = parsed.slice(start, start + CHUNK);
      answers.push(...(await context.write((now) => insertAll(context, chunk, now))));
    }
    return answers;
  };
}

function insertAll(context: QueueContext, tasks: readonly ParsedTask[], now: number): EnqueueAnswer[] {
  const answers = tasks.map((task) => insert(context, task, now));
  const count = answers.filter((answer) => answer.created).length;
  if (count > 0) record(context, now, { type: 'enqueued', count });
  return answers;
}

function insert(context: QueueContext, task: ParsedTask, now: number): EnqueueAnswer {
  const { changes } = context
    .sql(
      `INSERT INTO tasks (id, kind, catalog_id, import_id, payload, priority, max_attempts, backoff_base, backoff_cap,
                          created_at, held)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${heldOf('?')})
       ON CONFLICT (id) DO NOTHING`,
    )
    .run(
      task.id,
      task.kind,
      task.catalogId,
      task.importId,
      JSON.stringify(task.payload),
      TASK_PRIORITIES.indexOf(task.priority),
      task.maxAttempts,
      task.backoff.baseMs,
      task.backoff.capMs,
      now,
      task.importId,
    );
  if (changes === 1) return { id: task.id, state: 'waiting', created: true, createdAt: now };
  const there = context.sql('SELECT state, created_at FROM tasks WHERE id = ?');
  const known = must(there.get<{ state: TaskState; created_at: number }>(task.id));
  return { id: task.id, state: known.state, created: false, createdAt: known.created_at };
}
