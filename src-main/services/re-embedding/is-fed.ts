import type { Catalog } from '../../../src-core/domain/catalog.ts';
import { OPEN_STATES } from '../../../src-core/domain/task.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { QueueOperator } from '../../../src-core/ports/task-queue.ts';

/**
 * Whether an import of this machine, or a task of anybody, still brings pictures by the old model: the store would refuse
 * them once the catalog has gone over, and their tasks would fail.
 */
export async function isFed(
  imports: Pick<ImportLog, 'sources' | 'unfinished'>,
  queue: Pick<QueueOperator, 'count'>,
  { id }: Pick<Catalog, 'id'>,
): Promise<boolean> {
  for (const source of await imports.sources(id)) {
    if (await imports.unfinished(source.id)) return true;
  }
  return (await queue.count({ catalogId: id, states: [...OPEN_STATES] })) > 0;
}
