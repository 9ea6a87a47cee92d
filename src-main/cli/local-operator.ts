import { isFinished } from '../../src-core/domain/import.ts';
import type { Operator } from '../client/operator.ts';
import type { Console } from '../console.ts';

/** Unfinished imports are looked for among so many of the newest. */
const RECENT = 1_000;

/** Works on the backends themselves, with the services that a server has too. */
export function createLocalOperator(console: Console): Operator {
  return {
    place: console.dataDir.root,
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
  };
}
