import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import type { Settings } from '../../settings/schema.ts';
import { openDatabase } from '../sqlite/database.ts';
import { attach } from './attach.ts';
import { claim, extend } from './claim.ts';
import { createContext } from './context.ts';
import { createEnqueue } from './enqueue.ts';
import { events } from './events.ts';
import { history } from './history.ts';
import { maintain } from './maintain.ts';
import { cancel, count, get, list, remove, retry, retryCorrected, setPriority } from './operate.ts';
import { setPaused } from './pause.ts';
import { MIGRATIONS } from './schema.ts';
import { settle } from './settle.ts';
import { takeBackFrom } from './stalls.ts';
import { stats } from './stats.ts';
import { createWaker, type Waker } from './wait.ts';
import { heartbeat, removeWorker, workers } from './workers.ts';

export interface SqliteQueueOptions {
  /** The file; made where there is none. */
  path: string;
  settings: { queue: Settings['queue']; fleet: Pick<Settings['fleet'], 'lostAfterMs'> };
  /** The backend's clock, in ms since the epoch: all processes of one machine share it. For tests. */
  now?: () => number;
  /** In [0, 1), for the jitter of retries. For tests. */
  random?: () => number;
}

const eventLimit = z.number().int().min(1).max(10_000);

/**
 * The queue in a SQLite file that several processes open. Throws QUEUE_UNAVAILABLE, DATABASE_TOO_NEW,
 * DATA_DIR_UNUSABLE or DISK_FULL.
 */
export async function openSqliteQueue(options: SqliteQueueOptions): Promise<TaskQueue> {
  const { path, now = Date.now, random = Math.random } = options;
  const settings = { ...options.settings.queue, lostAfterMs: options.settings.fleet.lostAfterMs };
  const db = await openDatabase({
    path,
    migrations: MIGRATIONS,
    unavailable: 'QUEUE_UNAVAILABLE',
    durability: settings.durability,
  });
  const claimers = new Set<string>();
  const context = createContext({ db, settings, now, random, afterWrite: () => waker.touch() });
  const waker: Waker = createWaker({
    context,
    dataVersion: () => db.sql('PRAGMA data_version').get<{ data_version: number }>()?.data_version ?? 0,
    workers: claimers,
  });

  return {
    enqueue: createEnqueue(context),
    attach: (fingerprint) => attach(context, fingerprint),
    claim: (request) => {
      claimers.add(request.workerId);
      return claim(context, request);
    },
    extend: (workerId, tasks, leaseMs) => extend(context, workerId, tasks, leaseMs),
    settle: (workerId, settlements) => settle(context, workerId, settlements),
    reclaim: (workerId) => context.write((at) => takeBackFrom(context, workerId, at)),
    maintain: () => maintain(context),
    waitForWork: (timeoutMs, signal) => waker.wait(timeoutMs, signal),
    heartbeat: (status) => heartbeat(context, status),
    stats: () => stats(context),
    history: (fromMs, toMs, stepMs) => history(context, fromMs, toMs, stepMs),
    get: (id) => get(context, id),
    list: (filter, limit, cursor) => list(context, filter, limit, cursor),
    count: (filter) => count(context, filter),
    retry: (filter) => retry(context, filter),
    retryCorrected: (corrections) => retryCorrected(context, corrections),
    cancel: (filter) => cancel(context, filter),
    remove: (filter) => remove(context, filter),
    setPriority: (filter, priority) => setPriority(context, filter, priority),
    setPaused: (paused, importId) => setPaused(context, paused, importId),
    events: async (since, limit = 500) => events(context, since, parseOrThrow(eventLimit, limit, 'limit')),
    workers: () => workers(context),
    removeWorker: (workerId) => removeWorker(context, workerId),
    async close() {
      waker.close();
      context.close();
    },
  };
}
