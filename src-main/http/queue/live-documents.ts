import type { LiveEvent, TaskEvent } from '../../../src-core/contract/queue-events.ts';
import type { QueueEvent } from '../../../src-core/ports/task-queue.ts';
import { importDocument } from '../../documents.ts';
import type { Console } from '../../console.ts';
import { checkBackends } from '../backends.ts';
import { backendsDocument, isoTime, statsDocument, workerDocument } from '../documents.ts';

type Data<E extends LiveEvent['event']> = Extract<LiveEvent, { event: E }>['data'];

/** Imports that are told of: the newest. */
const IMPORTS = 50;

export function taskEvent(event: QueueEvent): TaskEvent {
  const at = isoTime(event.at);
  switch (event.type) {
    case 'settled':
    case 'stalled':
      return {
        type: event.type,
        at,
        worker_id: event.workerId,
        tasks: event.tasks.map(({ id, importId, state, code }) => ({
          task_id: id,
          import_id: importId,
          status: state,
          code: code ?? null,
        })),
      };
    case 'paused':
    case 'resumed':
      return { type: event.type, at, import_id: event.importId };
    default:
      return { type: event.type, at, count: event.count };
  }
}

export async function readWorkers(console: Console): Promise<Data<'worker'>[]> {
  return (await (await console.queue()).workers()).map(workerDocument);
}

export async function readImports(console: Console): Promise<Data<'import'>[]> {
  const catalogs = new Map((await (await console.store()).catalogs()).map(({ id, name }) => [id, name]));
  const log = await console.importLog();
  const runs = await (await console.imports()).list(IMPORTS);
  return Promise.all(
    runs.map(async (run) =>
      importDocument(run, {
        catalog: catalogs.get(run.catalogId) ?? run.catalogId,
        root: (await log.source(run.sourceId))?.path ?? run.sourceId,
      }),
    ),
  );
}

export async function readHealth(console: Console): Promise<Data<'health'>> {
  return backendsDocument(await checkBackends(console));
}

export async function readSnapshot(console: Console): Promise<Data<'snapshot'>> {
  const queue = await console.queue();
  const [stats, workers, health, imports] = await Promise.all([
    queue.stats(),
    queue.workers(),
    checkBackends(console),
    readImports(console),
  ]);
  const limit = (await console.fleetStatus()).limitOf(stats, workers);
  return { stats: statsDocument(stats, workers, health, limit), workers: workers.map(workerDocument), imports };
}
