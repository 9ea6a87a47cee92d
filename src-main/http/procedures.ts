import { implement } from '@orpc/server';
import { contract } from '../../src-core/contract/contract.ts';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { Finder } from '../../src-core/ports/finder.ts';
import { catalogDocument } from '../documents.ts';
import type { Console } from '../console.ts';
import { checkBackends } from './backends.ts';
import { isoTime, statsDocument, taskDocument, workerDocument } from './documents.ts';
import { taskOf } from './enqueue.ts';
import { find, findRequestOf } from './find.ts';
import type { Roots } from './roots.ts';

export interface ApiParts {
  console: Console;
  finder: Finder;
  roots: Roots;
}

/** The contract's procedures over the services. They throw AppError; whoever serves them says it in its own way. */
export function createProcedures({ console, finder, roots }: ApiParts) {
  const api = implement(contract);

  return api.router({
    queue: {
      enqueue: api.queue.enqueue.handler(async ({ input }) => {
        const { root } = await roots.check(input.image_path);
        const { id: catalogId } = await console.ensureCatalog(input.catalog);
        const queue = await console.queue();
        const nameOf = await (await console.sources()).namer();
        const task = taskOf(input, { catalogId, root, nameOf }, console.settings);
        await queue.enqueue([task]);
        const { id, state, createdAt } = await known(queue, task.id);
        return { task_id: id, status: state, created_at: isoTime(createdAt) };
      }),
      status: api.queue.status.handler(async ({ input }) =>
        taskDocument(await known(await console.queue(), input.task_id)),
      ),
      stats: api.queue.stats.handler(async () => {
        const queue = await console.queue();
        const [stats, workers, health] = await Promise.all([queue.stats(), queue.workers(), checkBackends(console)]);
        return statsDocument(stats, workers, health);
      }),
      workers: api.queue.workers.handler(async () => {
        const workers = await (await console.queue()).workers();
        return { workers: workers.map(workerDocument) };
      }),
    },
    search: {
      find: api.search.find.handler(async ({ input }) => find(finder, await findRequestOf(input, roots))),
    },
    catalogs: {
      list: api.catalogs.list.handler(async () => {
        const catalogs = await (await console.catalogs()).list();
        return { catalogs: catalogs.map(catalogDocument) };
      }),
    },
  });
}

async function known(queue: Awaited<ReturnType<Console['queue']>>, id: string) {
  const task = await queue.get(id);
  if (task) return task;
  throw new AppError('NOT_FOUND', `there is no task ${id}`);
}
