import { isFinished } from '../../src-core/domain/import.ts';
import type { CatalogDesk, ImportDesk, Operator } from '../client/operator.ts';
import type { Console } from '../console.ts';
import { createLocalDuplicates } from './local-duplicates.ts';
import { createLocalModels } from './local-models.ts';
import { createLocalSources } from './local-sources.ts';
import { nameImport, namedImports } from './named-imports.ts';

/** Unfinished imports are looked for among so many of the newest. */
const RECENT = 1_000;

/** Works on the backends themselves, with the services that a server has too. */
export function createLocalOperator(console: Console): Operator {
  return {
    place: { dataDir: console.dataDir.root },
    imports: importDesk(console),
    catalogs: catalogDesk(console),
    sources: createLocalSources(console),
    duplicates: createLocalDuplicates(console),
    models: createLocalModels(console),
    stats: async () => (await console.queue()).stats(),
    workers: async () => (await console.queue()).workers(),
    tasks: async (filter, limit) => (await console.tasks()).list(filter, limit),
    retry: async (filter) => (await console.tasks()).retry(filter),
    cancel: async (filter) => (await console.tasks()).cancel(filter),
    cancelImport: async (importId) => (await console.imports()).cancel(importId),
    async unfinishedImports() {
      const runs = await (await console.imports()).list(RECENT);
      return runs.filter(({ state }) => !isFinished(state)).map(({ id }) => id);
    },
    async setPaused(paused, importId) {
      if (importId === undefined) return (await console.queue()).setPaused(paused);
      const imports = await console.imports();
      await (paused ? imports.pause(importId) : imports.resume(importId));
    },
    flush: async (confirm) => (await console.tasks()).flush(confirm),
    prometheus: () => console.prometheus(),
    doctor: () => console.doctor(),
  };
}

function importDesk(console: Console): ImportDesk {
  return {
    list: (limit) => namedImports(console, limit),
    async get(id) {
      const imports = await console.imports();
      const run = await imports.status(id);
      // Its failed tasks may have been retried since; nobody follows them for a finished import.
      return nameImport(console, isFinished(run.state) ? await imports.refresh(id) : run);
    },
    ledger: async (...which) => (await console.importLog()).ledger(...which),
  };
}

function catalogDesk(console: Console): CatalogDesk {
  return {
    list: async () => (await console.catalogs()).list(),
    get: async (nameOrId) => (await console.catalogs()).get(nameOrId),
    rename: async (nameOrId, name) => (await console.catalogs()).rename(nameOrId, name),
    openTasks: async (nameOrId) => (await console.catalogs()).openTasks(nameOrId),
    drop: async (nameOrId) => (await console.catalogs()).drop(nameOrId),
  };
}
