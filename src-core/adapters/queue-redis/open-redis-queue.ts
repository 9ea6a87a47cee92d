import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import { createAttachment, type Attachment } from './attach.ts';
import { checkRedis } from './checks.ts';
import { claim, extend } from './claim.ts';
import { connectRedis } from './connect.ts';
import { createContext } from './context.ts';
import { createEnqueue } from './enqueue.ts';
import { events } from './events.ts';
import { maintain } from './maintain.ts';
import { history } from './minutes.ts';
import { cancel, count, get, list, remove, retry, retryCorrected, setPriority } from './operate.ts';
import { openPlainList, type PlainIntake } from './plain-intake.ts';
import { createPlainStatus } from './plain-status.ts';
import { settle } from './settle.ts';
import { stats } from './stats.ts';
import { createWaker } from './wait.ts';
import { heartbeat, removeWorker, workers } from './workers.ts';

export interface RedisQueueOptions {
  /** Of one server, of sentinels or of a cluster: connect-url.ts says in which forms. */
  url: string;
  settings: { queue: Settings['queue']; fleet: Pick<Settings['fleet'], 'lostAfterMs'> };
  /** Instead of the server's clock, in ms since the epoch. For tests. */
  now?: () => number;
  /** In [0, 1), for the jitter of retries. For tests. */
  random?: () => number;
  /** Takes in what programs that know no more than a Redis list push on the list of the queue's name. */
  plain?: PlainIntake;
  log?: Logger;
}

const eventLimit = z.number().int().min(1).max(10_000);
const eventCursor = z.number().int().min(0).nullable();
/** Without one the whole queue is meant; an empty one may be a slip, and must not stop everything. */
const pausedImport = z
  .string()
  .min(1)
  .refine((id) => id.isWellFormed(), 'is not well-formed Unicode')
  .optional();

/**
 * The queue on a Redis server, shared by processes on any machines. Throws QUEUE_UNAVAILABLE when there is no answer
 * or the server is too old, INVALID_SETTINGS for a URL that is none.
 */
export async function openRedisQueue(options: RedisQueueOptions): Promise<TaskQueue> {
  const { url, now, random = Math.random, plain, log } = options;
  const { name, ...own } = options.settings.queue;
  const settings = { ...own, lostAfterMs: options.settings.fleet.lostAfterMs };
  const connection = await connectRedis(url, { log });
  await checkRedis(connection).catch((error: unknown) => {
    connection.close();
    throw error;
  });
  const context = createContext({ connection, name, settings, now, random });
  const status = createPlainStatus({ connection, settings, log });
  const attachment = createAttachment(context);
  const plainList = plain && openPlainList({ context, plain: guarded(plain, attachment), hooks: status, log });
  const claimers = new Set<string>();
  const waker = createWaker(context, claimers);

  return {
    enqueue: createEnqueue(context),
    attach: attachment.attach,
    async claim(request) {
      attachment.refuseOthers();
      claimers.add(request.workerId);
      return claim(context, status, request, waker.foundNothing);
    },
    extend: (workerId, tasks, leaseMs) => extend(context, workerId, tasks, leaseMs),
    settle: (workerId, settlements) => settle(context, status, workerId, settlements),
    reclaim: (workerId) => context.run<number>('reclaim', workerId),
    async maintain() {
      plainList?.wait();
      const checked = attachment.check();
      checked.catch(() => undefined); // is met below, after what is to be done for whoever the queue feeds
      const { plain: hasPlain, nothing, ...report } = await maintain(context, status);
      await checked;
      if (nothing) waker.foundNothing(report.nextDueMs);
      if (hasPlain) await plainList?.takeIn();
      return report;
    },
    waitForWork: (timeoutMs, signal) => waker.wait(timeoutMs, signal),
    heartbeat: (said) => heartbeat(context, status, said),
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
    async setPaused(paused, importId) {
      const checked = parseOrThrow(pausedImport, importId, 'importId');
      await context.run('pause', paused ? '1' : '0', checked ?? '');
    },
    events: async (since, limit = 500) =>
      events(context, parseOrThrow(eventCursor, since, 'since'), parseOrThrow(eventLimit, limit, 'limit')),
    workers: () => workers(context),
    removeWorker: (workerId) => removeWorker(context, workerId),
    async close() {
      plainList?.close();
      waker.close();
      await status.close();
      context.close();
    },
  };
}

/** Tasks that are another store's are left on the list. */
function guarded(plain: PlainIntake, { refuseOthers }: Attachment): PlainIntake {
  return {
    ...plain,
    async catalogIdOf(name) {
      refuseOthers();
      return plain.catalogIdOf(name);
    },
  };
}
