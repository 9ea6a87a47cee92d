import { z } from 'zod';
import { AppError, parseOrThrow, toAppError } from './app-error.ts';
import { catalogName } from './catalog.ts';
import { imageIdOf } from './identity.ts';
import { pictureFacts } from './image-record.ts';
import type { IndexPayload } from './index-task.ts';
import { canonicalNameOf, isAbsolutePath } from './path-map.ts';
import { newTask, taskId, taskPriority, type NewTask } from './task.ts';

/** Programs say null for what they leave out, and numbers for names: `{"task_id": 17, "name": null}`. */
const given = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === null ? undefined : value), schema.optional());
const text = <T extends z.ZodType>(schema: T) =>
  given(z.preprocess((value) => (typeof value === 'number' ? String(value) : value), schema));

/** One picture to be indexed, as programs say it that know only JSON and a Redis list. Unknown fields are kept. */
export const plainTask = z.looseObject({
  image_path: z
    .string()
    .min(1, 'must not be empty')
    .max(4_096)
    .refine((path) => !/^[a-z][a-z\d+.-]+:\/\//i.test(path), 'must be the path of a file, not a URL')
    .refine((path) => !path.includes('\0'), 'must not hold a NUL character')
    .refine((path) => !path.includes('\ufffd'), 'is not valid UTF-8')
    .refine(isAbsolutePath, 'must be an absolute path'),
  task_id: text(taskId),
  product_id: text(pictureFacts.shape.productId.unwrap()),
  name: text(pictureFacts.shape.name.unwrap()),
  description: text(pictureFacts.shape.description.unwrap()),
  metadata: given(pictureFacts.shape.metadata.unwrap()),
  priority: given(taskPriority),
  catalog: text(catalogName),
  max_attempts: given(newTask.shape.maxAttempts.unwrap()),
});
export type PlainTask = z.output<typeof plainTask>;

const KNOWN = new Set(Object.keys(plainTask.shape));

/**
 * The same as the queue takes it. `id` is for a task that brings none of its own; `named` is what the store calls the
 * file, where that is known.
 */
export function plainTaskToNew(
  plain: PlainTask,
  catalogId: string,
  id: string,
  named = canonicalNameOf(plain.image_path),
): NewTask {
  const { image_path: path, product_id: productId, name, description, metadata, priority, max_attempts } = plain;
  const others = Object.entries(plain).filter(([field]) => !KNOWN.has(field));
  const all = { ...Object.fromEntries(others), ...metadata };
  const payload: IndexPayload = {
    ...(productId !== undefined && { productId }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(Object.keys(all).length > 0 && { metadata: all }),
    path,
    // Unless it is known, as the producer says it: which machine that is nobody knows, so every worker that sees the file may index it.
    canonicalName: named,
    imageId: imageIdOf(catalogId, named),
    sourceId: null,
    root: null,
    rootName: null,
    inode: null,
  };
  return {
    id: plain.task_id ?? id,
    kind: 'index',
    catalogId,
    payload,
    ...(priority !== undefined && { priority }),
    ...(max_attempts !== undefined && { maxAttempts: max_attempts }),
  };
}

/** A whole number that is too large for one is kept as text: all its digits are. */
function keepDigits(_: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  return typeof value === 'number' && /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? source : value;
}

/** What a line of the list says, or why it says nothing: then with its task id, if that much can be read. */
export type PlainLine = { task: PlainTask } | { error: AppError; taskId: string | undefined };

export function parsePlainLine(line: string): PlainLine {
  let value: unknown;
  try {
    value = JSON.parse(line, keepDigits as (key: string, value: unknown) => unknown);
  } catch (error) {
    const problem = line.trim() === '' ? 'it is empty' : toAppError(error).message;
    return { error: new AppError('INVALID_INPUT', `a plain task is no JSON: ${problem}`), taskId: undefined };
  }
  try {
    return { task: parseOrThrow(plainTask, value, 'a plain task') };
  } catch (error) {
    const own = z.object({ task_id: text(taskId) }).safeParse(value);
    return { error: toAppError(error), taskId: own.data?.task_id };
  }
}
