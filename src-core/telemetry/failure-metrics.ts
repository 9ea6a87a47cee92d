import { Counter, type Registry } from 'prom-client';
import { ERROR_CODES } from '../domain/app-error.ts';
import type { QueueEvent } from '../ports/task-queue.ts';

export interface FailureMetrics {
  happened(events: readonly QueueEvent[]): void;
}

/** The backend counts failures by code only of the tasks that are failed now; how they rise is told by its events. */
export function createFailureMetrics(registry: Registry): FailureMetrics {
  const failures = new Counter({
    name: 'imagefleet_task_failures_total',
    help: 'Tasks of the whole queue that failed, by error code, since this server was started',
    labelNames: ['code'] as const,
    registers: [registry],
  });
  // A counter that appears with its first failure has not risen, in Prometheus’ eyes.
  for (const code of ERROR_CODES) failures.inc({ code }, 0);

  return {
    happened(events) {
      for (const event of events) {
        if (event.type !== 'settled' && event.type !== 'stalled') continue;
        for (const { state, code } of event.tasks) if (state === 'failed' && code) failures.inc({ code });
      }
    },
  };
}
