import type { z } from 'zod';
import { contract } from '../../src-core/contract/contract.ts';
import type { statsDocument, taskDocument, workerDocument } from '../../src-core/contract/queue-documents.ts';
import type { ErrorCode } from '../../src-core/domain/app-error.ts';
import { isFinished } from '../../src-core/domain/import.ts';
import type { TaskFilter } from '../../src-core/domain/task.ts';
import type { KnownWorker } from '../../src-core/domain/worker-status.ts';
import type { QueueStats } from '../../src-core/ports/task-queue.ts';
import type { ListedTask } from '../documents.ts';
import type { Operator } from './operator.ts';
import { createRemoteCatalogs } from './remote-catalogs.ts';
import { createRemoteDuplicates } from './remote-duplicates.ts';
import { createRemoteImports } from './remote-imports.ts';
import { createRemoteModels } from './remote-models.ts';
import { createRemoteSources } from './remote-sources.ts';
import type { ServerClient } from './server-client.ts';

const { queue, imports } = contract;

/** Unfinished imports are looked for among so many of the newest. */
const RECENT = 1_000;
const PAGE = 1_000;

/** Asks a server for what it has at its backends. */
export function createRemoteOperator(client: ServerClient): Operator {
  async function tasks(filter: TaskFilter, limit: number): Promise<ListedTask[]> {
    const found: ListedTask[] = [];
    let cursor: string | undefined;
    do {
      const page = { limit: Math.min(PAGE, limit - found.length), cursor };
      const { tasks, next } = await client.call(queue.tasks, { ...whichOf(filter), ...page });
      found.push(...tasks.map(taskOf));
      cursor = next ?? undefined;
    } while (cursor !== undefined && found.length < limit);
    return found;
  }

  return {
    place: { server: client.url },
    imports: createRemoteImports(client),
    catalogs: createRemoteCatalogs(client),
    sources: createRemoteSources(client),
    duplicates: createRemoteDuplicates(client),
    models: createRemoteModels(client),
    stats: async () => statsOf(await client.call(queue.stats)),
    workers: async () => (await client.call(queue.workers)).workers.map(workerOf),
    tasks,
    retry: async (filter) => (await client.call(queue.retry, choiceOf(filter))).retried,
    cancel: async (filter) => (await client.call(queue.cancel, choiceOf(filter))).cancelled,
    cancelImport: async (import_id) => (await client.call(imports.cancel, { import_id })).cancelled_tasks,
    async unfinishedImports() {
      const { imports: runs } = await client.call(imports.list, { limit: RECENT });
      return runs.filter(({ state }) => !isFinished(state)).map(({ import_id }) => import_id);
    },
    async setPaused(paused, import_id) {
      if (import_id === undefined) await client.call(paused ? queue.pause : queue.resume);
      else await client.call(paused ? imports.pause : imports.resume, { import_id });
    },
    flush: async (confirm) => (await client.call(queue.flush, { confirm })).removed,
    prometheus: () => client.text('/metrics'),
    doctor: async () => (await client.call(contract.doctor.run)).checks,
  };
}

function whichOf({ states, codes, importId, workerId, catalogId, text }: TaskFilter) {
  return {
    ...(states && { state: states }),
    ...(codes && { code: codes as ErrorCode[] }),
    ...(importId !== undefined && { import_id: importId }),
    ...(workerId !== undefined && { worker_id: workerId }),
    ...(catalogId !== undefined && { catalog: catalogId }),
    ...(text !== undefined && { text }),
  };
}

/** An empty filter is all tasks, which a server wants said. */
function choiceOf(filter: TaskFilter) {
  const choice = { ...whichOf(filter), ...(filter.ids && { task_id: filter.ids }) };
  return Object.keys(choice).length > 0 ? choice : { all: true as const };
}

function statsOf(stats: z.output<typeof statsDocument>): QueueStats {
  const { per_minute1, per_minute5, per_minute15 } = stats.throughput;
  return {
    counts: stats.counts,
    waitingByPriority: stats.waiting_by_priority,
    suspects: stats.suspects,
    oldestWaitingMs: stats.oldest_waiting_ms,
    paused: stats.paused,
    throughput: { perMinute1: per_minute1, perMinute5: per_minute5, perMinute15: per_minute15 },
    totals: stats.totals,
    failuresByCode: stats.failures_by_code,
  };
}

function workerOf(worker: z.output<typeof workerDocument>): KnownWorker {
  const stages = Object.entries(worker.stages).map(([stage, { busy_ms, blocked_ms, items }]) => [
    stage,
    { busyMs: busy_ms, blockedMs: blocked_ms, items },
  ]);
  return {
    status: {
      workerId: worker.worker_id,
      host: worker.host,
      pid: worker.pid,
      version: worker.version,
      protocol: worker.protocol,
      state: worker.state,
      currentTasks: worker.current_tasks,
      processed: worker.processed,
      failed: worker.failed,
      rate: worker.rate,
      startedAt: Date.parse(worker.started_at),
      rssBytes: worker.rss_bytes,
      cpu: worker.cpu,
      stages: Object.fromEntries(stages) as KnownWorker['status']['stages'],
      tags: worker.tags,
      waitingFor: worker.waiting_for,
    },
    seenAt: Date.parse(worker.seen_at),
    lost: worker.lost,
  };
}

function taskOf(task: z.output<typeof taskDocument>): ListedTask {
  return {
    id: task.task_id,
    kind: task.kind,
    state: task.status,
    priority: task.priority,
    payload: task.image_path === null ? {} : { path: task.image_path },
    catalogId: task.catalog_id,
    importId: task.import_id,
    workerId: task.worker_id,
    attempts: task.attempts,
    maxAttempts: task.max_attempts,
    stalls: task.stalls,
    createdAt: Date.parse(task.created_at),
    dueAt: timeOf(task.due_at),
    finishedAt: timeOf(task.finished_at),
    error: task.error,
  };
}

function timeOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
