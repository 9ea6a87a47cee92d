import type {
  BackendsHealthDocument,
  LimitDocument,
  StatsDocument,
  TaskDocument,
  WholeTaskDocument,
  WorkerDocument,
} from '../../src-core/contract/queue-documents.ts';
import type { Bottleneck } from '../../src-core/domain/bottleneck.ts';
import { indexPayload, indexResult } from '../../src-core/domain/index-task.ts';
import type { AttemptRecord, Task } from '../../src-core/domain/task.ts';
import type { KnownWorker, StageTimes } from '../../src-core/domain/worker-status.ts';
import type { HistoryPoint, QueueStats } from '../../src-core/ports/task-queue.ts';
import type { BackendHealth } from './backends.ts';

// What the API answers, field by field: programs depend on it, so it does not follow the program's own types.

export function taskDocument(task: Task): TaskDocument {
  return {
    task_id: task.id,
    status: task.state,
    kind: task.kind,
    priority: task.priority,
    image_path: indexPayload.shape.path.safeParse(task.payload.path).data ?? null,
    catalog_id: task.catalogId,
    import_id: task.importId,
    worker_id: task.workerId,
    attempts: task.attempts,
    max_attempts: task.maxAttempts,
    stalls: task.stalls,
    created_at: isoTime(task.createdAt),
    due_at: isoTime(task.dueAt),
    claimed_at: isoTime(task.claimedAt),
    finished_at: isoTime(task.finishedAt),
    error: task.error && { code: task.error.code, message: task.error.message },
    result: resultDocument(task),
    timings: task.timings,
  };
}

export function wholeTaskDocument(task: Task): WholeTaskDocument {
  return { ...taskDocument(task), payload: task.payload, history: task.history.map(attemptDocument) };
}

function attemptDocument({ at, workerId, error, timings }: AttemptRecord) {
  const { code, message, retryable, stack = null } = error;
  return {
    at: isoTime(at),
    worker_id: workerId,
    error: { code, message, retryable, stack },
    timings: timings ?? null,
  };
}

function resultDocument({ kind, result }: Task): TaskDocument['result'] {
  const known = kind === 'index' ? indexResult.safeParse(result).data : undefined;
  if (!known) return result;
  const { imageId, how, contentHash, bytes, mtimeMs } = known;
  return { image_id: imageId, how, content_hash: contentHash, bytes, mtime_ms: mtimeMs };
}

export function statsDocument(
  stats: QueueStats,
  workers: readonly KnownWorker[],
  health: BackendHealth,
  limit: Bottleneck,
): StatsDocument {
  const { perMinute1, perMinute5, perMinute15 } = stats.throughput;
  const online = workers.filter(({ lost, status }) => !lost && status.state !== 'stopped');
  return {
    counts: stats.counts,
    waiting_by_priority: stats.waitingByPriority,
    suspects: stats.suspects,
    oldest_waiting_ms: stats.oldestWaitingMs,
    paused: stats.paused,
    throughput: { per_minute1: perMinute1, per_minute5: perMinute5, per_minute15: perMinute15 },
    totals: stats.totals,
    failures_by_code: stats.failuresByCode,
    workers: {
      online: online.length,
      busy: online.filter(({ status }) => status.state === 'busy').length,
      lost: workers.filter(({ lost }) => lost).length,
    },
    backends: backendsDocument(health),
    limited_by: limitDocument(limit),
  };
}

function limitDocument({ limit, share, moreWorkersHelp, text }: Bottleneck): LimitDocument {
  const name = limit === 'not known yet' ? 'unknown' : (limit.replaceAll(' ', '_') as LimitDocument['limit']);
  return { limit: name, share, more_workers_help: moreWorkersHelp, text };
}

export function backendsDocument({ queue, store }: BackendHealth): BackendsHealthDocument {
  return { queue: healthDocument(queue), store: { ...healthDocument(store), bytes: store.answer } };
}

function healthDocument({ error, latencyMs }: BackendHealth['queue']) {
  const latency = latencyMs === null ? null : Math.round(latencyMs * 10) / 10;
  return { ok: error === null, error: error?.code ?? null, latency_ms: latency };
}

export function workerDocument({ status, seenAt, lost }: KnownWorker): WorkerDocument {
  return {
    worker_id: status.workerId,
    host: status.host,
    pid: status.pid,
    version: status.version,
    protocol: status.protocol,
    state: status.state,
    current_tasks: status.currentTasks,
    processed: status.processed,
    failed: status.failed,
    rate: status.rate,
    started_at: isoTime(status.startedAt),
    seen_at: isoTime(seenAt),
    lost,
    rss_bytes: status.rssBytes,
    cpu: status.cpu,
    stages: Object.fromEntries(
      Object.entries(status.stages).map(([stage, times]) => [stage, stageDocument(times)]),
    ) as WorkerDocument['stages'],
    tags: status.tags,
    waiting_for: status.waitingFor,
  };
}

function stageDocument({ busyMs, blockedMs, items }: StageTimes) {
  return { busy_ms: busyMs, blocked_ms: blockedMs, items };
}

export function historyDocument({ at, ...sums }: HistoryPoint) {
  return { at: isoTime(at), ...sums };
}

export function isoTime(at: number): string;
export function isoTime(at: number | null): string | null;
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
