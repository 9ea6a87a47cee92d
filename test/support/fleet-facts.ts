import { PROTOCOL_VERSION, STAGES, type StageName, type WorkerStatus } from '../../src-core/domain/worker-status.ts';
import type { QueueStats } from '../../src-core/ports/task-queue.ts';

/** A heartbeat; `busyMs` by stage, all else zero unless given. */
export function heartbeatOf(
  status: Partial<WorkerStatus> & { workerId: string },
  busyMs: Partial<Record<StageName, number>> = {},
): WorkerStatus {
  const stages = STAGES.map((stage) => [stage, { busyMs: busyMs[stage] ?? 0, blockedMs: 0, items: 0 }]);
  return {
    host: 'here',
    pid: 1,
    version: '0.1.0',
    protocol: PROTOCOL_VERSION,
    state: 'busy',
    currentTasks: [],
    processed: 0,
    failed: 0,
    rate: 0,
    startedAt: 0,
    rssBytes: 0,
    cpu: 0,
    stages: Object.fromEntries(stages) as WorkerStatus['stages'],
    tags: [],
    waitingFor: null,
    ...status,
  };
}

export function statsOf(stats: Partial<QueueStats> = {}): QueueStats {
  return {
    counts: { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0, cancelled: 0 },
    waitingByPriority: { high: 0, normal: 0, low: 0 },
    suspects: 0,
    oldestWaitingMs: null,
    paused: false,
    throughput: { perMinute1: 0, perMinute5: 0, perMinute15: 0 },
    totals: { enqueued: 0, completed: 0, failed: 0, cancelled: 0, retried: 0, stalled: 0 },
    failuresByCode: {},
    ...stats,
  };
}
