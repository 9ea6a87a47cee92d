import type { WhichTasks } from '../../../src-core/contract/queue-operations.ts';
import { findCatalog } from '../../../src-core/domain/catalog.ts';
import type { TaskFilter } from '../../../src-core/domain/task.ts';
import type { Console } from '../../console.ts';

/** A choice of the API as the queue takes it. Throws NOT_FOUND for a catalog that there is not. */
export async function taskFilterOf(
  which: WhichTasks & { task_id?: string[] | undefined },
  console: Pick<Console, 'store'>,
): Promise<TaskFilter> {
  const { state, code, import_id, worker_id, catalog, text, finished_before, task_id } = which;
  return {
    ...(state && { states: state }),
    ...(code && { codes: code }),
    ...(import_id !== undefined && { importId: import_id }),
    ...(worker_id !== undefined && { workerId: worker_id }),
    ...(text !== undefined && { text }),
    ...(finished_before !== undefined && { finishedBefore: Date.parse(finished_before) }),
    ...(task_id && { ids: task_id }),
    ...(catalog !== undefined && { catalogId: findCatalog(await (await console.store()).catalogs(), catalog).id }),
  };
}
