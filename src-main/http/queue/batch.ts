import { enqueueRequest, type BatchResult } from '../../../src-core/contract/queue.ts';
import { AppError, isBackendTrouble, parseOrThrow, toAppError } from '../../../src-core/domain/app-error.ts';
import type { NewTask } from '../../../src-core/domain/task.ts';
import type { Intake } from './intake.ts';

/** Items that are under way at once: each may look at the file system. */
const AT_ONCE = 1_000;

/** An item of a batch, or why there is none. */
export type BatchItem = { value: unknown } | { error: AppError };

/** Enqueues the good ones, in their order. Throws what is no item's fault: a queue or store that is away. */
export async function enqueueItems(
  intake: Intake,
  items: readonly BatchItem[],
  first = 0,
): Promise<{ accepted: number; refused: number; results: BatchResult[] }> {
  const results: BatchResult[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const tasks = await Promise.all(items.slice(start, start + AT_ONCE).map((item) => prepare(intake, item)));
    const answers = await intake.enqueueAll(tasks.filter((task): task is NewTask => !(task instanceof AppError)));
    let taken = 0;
    for (const [at, task] of tasks.entries()) {
      const index = first + start + at;
      if (task instanceof AppError) results.push({ index, error: { code: task.code, message: task.message } });
      else results.push({ index, ...answers[taken++]! });
    }
  }
  const refused = results.filter((result) => 'error' in result).length;
  return { accepted: results.length - refused, refused, results };
}

async function prepare(intake: Intake, item: BatchItem): Promise<NewTask | AppError> {
  try {
    if ('error' in item) return item.error;
    return await intake.taskOf(parseOrThrow(enqueueRequest, item.value, 'task'));
  } catch (thrown) {
    const error = toAppError(thrown);
    if (isBackendTrouble(error) || error.code === 'INTERNAL') throw error;
    return error;
  }
}
