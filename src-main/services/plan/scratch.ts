import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { ImportRun } from '../../../src-core/domain/import.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import type { Settings } from '../../../src-core/settings/schema.ts';
import type { Imports } from '../imports/imports.ts';
import { DEFAULT_TIMING, type Job } from '../imports/job.ts';
import { rulesOf } from '../imports/rules-of.ts';

/**
 * Backends of a data dir that is thrown away afterwards. A dry run keeps its ledger there, reads manifests into it, and
 * indexes its sample there, so that all of it is done by what does it in a run.
 */
export interface Scratch {
  /** An empty folder of its own. */
  folder: string;
  settings: Pick<Settings, 'imports' | 'queue'>;
  log: ImportLog;
  queue: TaskQueue;
  store: VectorStore;
  imports: Imports;
  ensureCatalog(name: string): Promise<Catalog>;
  /** The workers that a run would have, on these backends. `failed` rejects when none can ever run. */
  startWorkers(): Promise<{ failed: Promise<never>; kill(): Promise<void> }>;
}

/** An import of the scratch, as far as its steps are taken one by one here. */
export async function jobIn(
  { log, queue, store, settings, imports }: Scratch,
  run: ImportRun,
  catalog: Catalog,
  options: { signal: AbortSignal; onFolderLeftOut?: Job['onFolderLeftOut'] },
): Promise<Job> {
  const source = await imports.sourceOf(run.id);
  return {
    log,
    queue,
    store,
    settings,
    id: run.id,
    run,
    source,
    catalog,
    machine: null,
    timing: DEFAULT_TIMING,
    rules: rulesOf(source, settings),
    scope: undefined,
    isSettled: () => true,
    onProgress: () => {},
    onFolderLeftOut: options.onFolderLeftOut ?? (() => {}),
    signal: options.signal,
  };
}
