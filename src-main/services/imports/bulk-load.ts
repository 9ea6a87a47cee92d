import { isFinished } from '../../../src-core/domain/import.ts';
import type { Job } from './job.ts';

/** Open tasks from which a store that builds its index afterwards is done sooner. */
const MANY = 10_000;

/** Prepares the store once an import has found many new pictures. Call it after each batch; it asks until it did. */
export function createBulkLoad({ id, log, store, catalog }: Pick<Job, 'id' | 'log' | 'store' | 'catalog'>) {
  let begun = false;
  return async function look(): Promise<void> {
    if (begun || ((await log.getImport(id))?.counts.open ?? 0) < MANY) return;
    await store.prepareFor(catalog.id, 'load');
    begun = true;
  };
}

/**
 * Makes the store quick to search again, whoever prepared it for a load: a host may have died over it. Left to another
 * import of the catalog while there is one.
 */
export async function endBulkLoad({
  id,
  log,
  store,
  catalog,
}: Pick<Job, 'id' | 'log' | 'store' | 'catalog'>): Promise<void> {
  const others = (await log.listImports(100)).filter((run) => run.catalogId === catalog.id && run.id !== id);
  if (others.every(({ state }) => isFinished(state))) await store.prepareFor(catalog.id, 'search');
}
