import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { catalogName } from '../domain/catalog.ts';
import { plainTask } from '../domain/plain-task.ts';
import { newTask, TASK_STATES, taskId, taskPriority, taskState } from '../domain/task.ts';
import { catalogRef, count, listOf, time, wholeNumber } from './values.ts';

/** Which tasks; all fields must hold. Of a listing; a plain route streams it as CSV. */
export const whichTasks = z.strictObject({
  state: listOf(taskState, TASK_STATES.length).optional(),
  code: listOf(errorCode).optional().describe('Of the error that they met'),
  import_id: z.string().min(1).max(200).optional(),
  worker_id: z.string().min(1).max(200).optional(),
  catalog: catalogRef.optional(),
  text: z.string().min(1).max(1_000).optional().describe('Part of the path, in any case'),
  finished_before: time.optional(),
});
export type WhichTasks = z.output<typeof whichTasks>;

/** What forgets tasks is done only for the number that its caller was told. */
export const confirmedTasks = wholeNumber(0)
  .describe('How many tasks will be forgotten; asked without it, the refusal says')
  .optional();

/** What tasks have from now on that run again. */
export const correction = z
  .strictObject({
    /** Of tasks whose path begins with `from`; those that lie elsewhere stay as they are. */
    path: z.strictObject({ from: plainTask.shape.image_path, to: plainTask.shape.image_path }).optional(),
    catalog: catalogName.optional(),
    priority: taskPriority.optional(),
    max_attempts: newTask.shape.maxAttempts.unwrap().optional(),
  })
  .refine((fields) => Object.values(fields).some((value) => value !== undefined), 'says nothing');
export type Correction = z.output<typeof correction>;

const choice = { ...whichTasks.shape, task_id: z.array(taskId).min(1).max(10_000).optional() };

/** Which tasks are meant. An empty choice is refused: it would be all of them. */
export const chosenTasks = <T extends z.ZodRawShape>(more: T) =>
  z
    .strictObject({ ...choice, all: z.literal(true).optional().describe('Every task'), ...more })
    .refine(
      (fields) =>
        [...Object.keys(choice), 'all'].some((name) => (fields as Record<string, unknown>)[name] !== undefined),
      'says not which tasks: name at least one field, or "all": true',
    );

export const historyRange = z.strictObject({
  from: time.optional().describe('An hour ago where it is left out'),
  to: time.optional().describe('Now where it is left out'),
  step_seconds: wholeNumber(60, 31_536_000).default(60).describe('At most 2,000 steps are told, the newest'),
});

/** Sums over a step, and the depth at its end. */
export const historyPoint = z.object({
  at: time,
  enqueued: count,
  completed: count,
  failed: count,
  retried: count,
  stalled: count,
  waiting: count,
  active: count,
  delayed: count,
});
