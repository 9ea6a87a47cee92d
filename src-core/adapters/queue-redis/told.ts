import { z } from 'zod';
import { ERRORS, errorCode } from '../../domain/app-error.ts';
import { taskState } from '../../domain/task.ts';
import type { QueueContext } from './context.ts';
import { toQueueError } from './errors.ts';
import type { QueueHooks, TaskChange } from './hooks.ts';

/** As tasks.lua writes them: id, state, attempts, worker, code of the error or nothing, time. */
const toldTask = z.tuple([z.string(), taskState, z.number(), z.string(), errorCode.or(z.literal('')), z.number()]);

/** Changes told at a time, and in one call of `maintain`. */
const STEP = 500;
const MOST = 10_000;

/**
 * Hands on what became of tasks without their worker's doing: leases that ran out, retries and cancellations of an
 * operator. Each is taken off the list once it was handed on; a process that dies in between leaves it to the next.
 */
export async function tellChanges({ connection, prefix }: QueueContext, hooks: QueueHooks): Promise<void> {
  const { client, place } = connection;
  const key = `${prefix}told`;
  try {
    for (let told = 0; told < MOST; told += STEP) {
      const texts = await client.lrange(key, 0, STEP - 1);
      if (texts.length === 0) return;
      hooks.tasksChanged(texts.map((text) => changeOf(toldTask.parse(JSON.parse(text)))));
      const trim = client.pipeline();
      // Each from the head, where it is: another process may have told and taken off the same ones.
      for (const text of texts) trim.lrem(key, 1, text);
      await trim.exec();
    }
  } catch (error) {
    throw toQueueError(error, place);
  }
}

function changeOf([id, state, attempts, workerId, code, at]: z.infer<typeof toldTask>): TaskChange {
  const error = code === '' ? undefined : { code, message: ERRORS[code].todo, retryable: ERRORS[code].retryable };
  return { id, state, attempts, workerId, at, ...(error && { error }) };
}
