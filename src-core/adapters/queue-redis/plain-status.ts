import type { WorkerStatus } from '../../domain/worker-status.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { RedisConnection } from './connect.ts';
import type { QueueHooks } from './hooks.ts';
import { createPlainChanges } from './plain-changes.ts';
import { writeTaskDocuments } from './plain-documents.ts';

export interface PlainStatusOptions {
  connection: RedisConnection;
  settings: Pick<Settings['queue'], 'keepCompletedMs' | 'keepFailedMs'>;
  log?: Logger | undefined;
}

export interface PlainStatus extends QueueHooks {
  /** Writes what was told so far, for a moment where Redis is away; what is told later is left out. Idempotent. */
  close(): Promise<void>;
}

const WORKER_EXPIRY_MS = 60_000;
/** A process that ends does not wait longer for documents that nobody may ever read. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Keeps `task_status:<id>` and `worker_status:<id>` for programs that know no more of us than these keys. They lie
 * beside the queue: what cannot be written is logged and left out, and no verb waits for it.
 */
export function createPlainStatus({ connection, settings, log }: PlainStatusOptions): PlainStatus {
  const { client, place } = connection;
  const beats = new Set<Promise<void>>();
  let closed = false;
  const changes = createPlainChanges({
    write: (ripe) => writeTaskDocuments(client, settings, ripe),
    failed: ({ message }, count) => complain(message, count),
  });

  function complain(reason: string, count: number): void {
    log?.warn({ redis: place, count, reason }, 'plain status keys could not be written');
  }

  return {
    tasksChanged(told) {
      // What cannot be written is tried again for ever, and a closed connection writes nothing.
      if (!closed) changes.add(told);
    },
    heartbeat(status, at) {
      if (closed) return;
      const document = JSON.stringify(workerDocument(status, at));
      const beat = client
        .set(`worker_status:${status.workerId}`, document, 'PX', WORKER_EXPIRY_MS)
        .then(() => undefined)
        .catch((error: Error) => complain(error.message, 1))
        .finally(() => beats.delete(beat));
      beats.add(beat);
    },
    async close() {
      closed = true;
      const { promise: tooLate, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_WITHIN_MS);
      await Promise.race([Promise.all([changes.flushed(), ...beats]), tooLate]);
      clearTimeout(timer);
    },
  };
}

/** What `worker_status:<id>` holds. */
function workerDocument(status: WorkerStatus, at: number) {
  return {
    worker_id: status.workerId,
    status: status.state,
    processed: status.processed,
    failed: status.failed,
    current_tasks: status.currentTasks,
    started_at: new Date(status.startedAt).toISOString(),
    last_heartbeat: new Date(at).toISOString(),
    host: status.host,
    pid: status.pid,
    version: status.version,
    rate: status.rate,
    rss_bytes: status.rssBytes,
    cpu: status.cpu,
    tags: status.tags,
    waiting_for: status.waitingFor,
  };
}
