import { isAbsolute } from 'node:path';
import { implement } from '@orpc/server';
import { sourcesContract, MOST_DIFFERENCES } from '../../../src-core/contract/sources.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { sourceDocument, differenceDocument } from '../../documents.ts';
import { mustConfirm, mustConfirmBoth } from '../confirm.ts';
import type { ApiParts } from '../procedures.ts';

export function sourceProcedures({ console, roots }: Pick<ApiParts, 'console' | 'roots'>) {
  const api = implement(sourcesContract);

  async function sourceOf(id: string) {
    const sources = await console.sources();
    const source = (await sources.list()).find((one) => one.id === id);
    if (source) return { sources, source };
    throw new AppError('NOT_FOUND', `there is no source ${id}`);
  }

  const catalogOf = async (nameOrId: string) => (await console.catalogs()).get(nameOrId);

  return api.router({
    list: api.list.handler(async ({ input: { catalog } }) => {
      const id = catalog === undefined ? undefined : (await catalogOf(catalog)).id;
      const sources = await (await console.sources()).list(id);
      return { sources: sources.map(sourceDocument) };
    }),

    setRules: api.setRules.handler(async ({ input: { source_id, include, exclude, confirm } }) => {
      const { sources, source } = await sourceOf(source_id);
      const rules = { include, exclude };
      const removed = await sources.leftOut(source, rules);
      const tasks = await sources.openTasks(source, rules);
      mustConfirmBoth(`the new rules of ${source.path}`, removed, tasks, confirm);
      const cancelled_tasks = await sources.setRules(source, rules, removed + tasks);
      return { ...sourceDocument((await sourceOf(source_id)).source), removed, cancelled_tasks };
    }),

    watch: api.watch.handler(async ({ input: { source_id, watch } }) => {
      const { sources, source } = await sourceOf(source_id);
      await sources.setWatch(source, watch);
      return sourceDocument({ ...source, watch });
    }),

    move: api.move.handler(async ({ input: { source_id, path } }) => {
      const { sources, source } = await sourceOf(source_id);
      const moved = await sources.move(source, (await roots.check(path)).path);
      return { ...sourceDocument((await sourceOf(source_id)).source), moved };
    }),

    remove: api.remove.handler(async ({ input: { source_id, confirm } }) => {
      const { sources, source } = await sourceOf(source_id);
      const { path, pictures, openTasks } = source;
      mustConfirmBoth(`removing the source ${path}`, pictures, openTasks, confirm);
      const cancelled_tasks = await sources.remove(source, pictures + openTasks);
      return { removed: pictures, cancelled_tasks, path };
    }),

    prune: api.prune.handler(async ({ input: { catalog, folder, confirm } }) => {
      checkHere(folder);
      const { id, name } = await catalogOf(catalog);
      const sources = await console.sources();
      const missing = await sources.countMissing(id, folder);
      mustConfirm(`pruning “${name}”`, missing, confirm);
      const pruned = await sources.prune(id, folder, missing);
      return { pruned, came_back: missing - pruned };
    }),

    verify: api.verify.handler(async ({ input, signal }) => {
      checkHere(input.folder);
      const found: ReturnType<typeof differenceDocument>[] = [];
      const report = await (
        await console.verify()
      )({
        ...input,
        ...(signal && { signal }),
        onDifference: (difference) => {
          if (found.length < MOST_DIFFERENCES) found.push(differenceDocument(difference));
        },
      });
      const { beyondRepair, ...rest } = report;
      return { ...rest, beyond_repair: beyondRepair, found };
    }),
  });
}

/** The services resolve what a person types in a folder; of a program `C:\\a` on Linux would so become one of the server's. */
function checkHere(folder: string | undefined): void {
  if (folder === undefined || isAbsolute(folder)) return;
  throw new AppError('INVALID_INPUT', `"${folder}" is no absolute path on this machine`);
}
