import { z } from 'zod';
import { whichTasks } from '../../../src-core/contract/queue-operations.ts';
import { taskId } from '../../../src-core/domain/task.ts';

const { state, code, import_id, worker_id, catalog, text } = whichTasks.shape;

/** Filters in the address, under the names that they have in the API. What cannot be read is left out. */
export const tasksSearch = z.object({
  state: state.catch(undefined),
  code: code.catch(undefined),
  import_id: import_id.catch(undefined),
  worker_id: worker_id.catch(undefined),
  catalog: catalog.catch(undefined),
  text: text.catch(undefined),
  /** Failed ones by their error instead of one by one. */
  view: z.literal('errors').optional().catch(undefined),
  /** The one in the drawer. */
  task: taskId.optional().catch(undefined),
});
export type TasksSearch = z.output<typeof tasksSearch>;
