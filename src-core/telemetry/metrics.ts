import { Counter, Gauge, Registry } from 'prom-client';
import { TASK_STATES } from '../domain/task.ts';
import { workerState, type KnownWorker } from '../domain/worker-status.ts';
import type { QueueStats } from '../ports/task-queue.ts';
import { createStageMetrics } from './stage-metrics.ts';

export interface FleetMetrics {
  /** `await registry.metrics()` is the page that Prometheus scrapes. */
  registry: Registry;
  /** Of the stages of these workers only what they do from now on is counted. */
  adopt(workers: readonly KnownWorker[]): void;
  /** What the stages took, which no backend adds up: the more often, the less is overlooked. */
  heard(workers: readonly KnownWorker[]): void;
  update(stats: QueueStats, workers: readonly KnownWorker[]): void;
}

const OUTCOMES = ['completed', 'failed', 'cancelled', 'retried', 'stalled'] as const;

/** The whole fleet's numbers. Totals are the backend's own, so they outlive this process and any worker. */
export function createFleetMetrics(): FleetMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
    new Gauge({ name, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name, help, labelNames, registers });

  const queueSize = gauge('imagefleet_queue_size', 'Tasks in the queue by state', 'state');
  const latency = gauge('imagefleet_queue_latency_seconds', 'Age of the oldest waiting task; 0 when none waits');
  const paused = gauge('imagefleet_queue_paused', '1 while the queue is paused');
  const suspects = gauge('imagefleet_queue_suspects', 'Waiting tasks whose worker died; they are claimed alone');
  const failures = gauge('imagefleet_queue_failures', 'Tasks in state failed by error code', 'code');
  const tasks = counter('imagefleet_tasks_total', 'Tasks by how a run ended, since the queue was made', 'outcome');
  const enqueued = counter('imagefleet_tasks_enqueued_total', 'Tasks enqueued since the queue was made');
  const fleet = gauge('imagefleet_workers', 'Workers by state; lost: silent without a goodbye', 'state');
  // In the plural: a worker's own page, where there is one, says `imagefleet_worker_…`, and no sum counts both.
  const rss = gauge('imagefleet_workers_resident_bytes', 'Resident memory of a worker', 'worker_id', 'host');
  const cpu = gauge('imagefleet_workers_cpu_cores', 'Cores that a worker keeps busy', 'worker_id', 'host');
  const rate = gauge('imagefleet_workers_images_per_second', 'Pictures that a worker finishes', 'worker_id', 'host');
  const stages = createStageMetrics(registry, 'imagefleet_stage');

  return {
    registry,
    adopt: (workers) => stages.adopt(workers.map(({ status }) => status)),
    heard: (workers) => stages.update(workers.map(({ status }) => status)),
    update(stats, workers) {
      for (const state of TASK_STATES) queueSize.set({ state }, stats.counts[state]);
      latency.set((stats.oldestWaitingMs ?? 0) / 1_000);
      paused.set(stats.paused ? 1 : 0);
      suspects.set(stats.suspects);
      failures.reset();
      for (const [code, count] of Object.entries(stats.failuresByCode)) failures.set({ code }, count);
      tasks.reset();
      for (const outcome of OUTCOMES) tasks.inc({ outcome }, stats.totals[outcome]);
      enqueued.reset();
      enqueued.inc(stats.totals.enqueued);

      for (const state of [...workerState.options, 'lost']) fleet.set({ state }, 0);
      for (const metric of [rss, cpu, rate]) metric.reset();
      for (const { status, lost } of workers) {
        fleet.inc({ state: lost ? 'lost' : status.state });
        if (lost) continue;
        const labels = { worker_id: status.workerId, host: status.host };
        rss.set(labels, status.rssBytes);
        cpu.set(labels, status.cpu);
        rate.set(labels, status.rate);
      }
      stages.update(workers.map(({ status }) => status));
    },
  };
}
