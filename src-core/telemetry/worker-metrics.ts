import { Counter, Gauge, Registry } from 'prom-client';
import type { WorkerStatus } from '../domain/worker-status.ts';
import { createStageMetrics } from './stage-metrics.ts';

/** The numbers of one host's workers by their own heartbeats, also while the queue is away. */
export interface WorkerMetrics {
  registry: Registry;
  heard(status: WorkerStatus): void;
  gone(workerId: string): void;
}

/** Named apart from the fleet's, which a server tells: whoever asks both counts nothing twice. */
export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['worker_id'] as const;
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `imagefleet_worker_${name}`, help, labelNames, registers });
  const counter = (name: string, help: string) =>
    new Counter({ name: `imagefleet_worker_${name}`, help, labelNames, registers });

  const busy = gauge('busy', '1 while it has a task in work');
  const rss = gauge('resident_bytes', 'Resident memory');
  const cpu = gauge('cpu_cores', 'Cores that it keeps busy');
  const rate = gauge('images_per_second', 'Pictures that it finishes');
  const processed = counter('processed_total', 'Tasks that it completed since its start');
  const failed = counter('failed_total', 'Tasks that it failed since its start');
  const stages = createStageMetrics(registry, 'imagefleet_worker_stage');
  const statuses = new Map<string, WorkerStatus>();

  function show(): void {
    for (const metric of [busy, rss, cpu, rate, processed, failed]) metric.reset();
    for (const status of statuses.values()) {
      const labels = { worker_id: status.workerId };
      busy.set(labels, status.state === 'busy' ? 1 : 0);
      rss.set(labels, status.rssBytes);
      cpu.set(labels, status.cpu);
      rate.set(labels, status.rate);
      processed.inc(labels, status.processed);
      failed.inc(labels, status.failed);
    }
    stages.update([...statuses.values()]);
  }

  return {
    registry,
    heard(status) {
      statuses.set(status.workerId, status);
      show();
    },
    gone(workerId) {
      statuses.delete(workerId);
      show();
    },
  };
}
