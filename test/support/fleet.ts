import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import type { KnownWorker } from '../../src-core/domain/worker-status.ts';
import type { EventPage, QueueEvent } from '../../src-core/ports/task-queue.ts';
import { createLogger } from '../../src-core/telemetry/log.ts';
import { createForkHost, type ProcessHost, type HostedProcess } from '../../src-main/fleet/process-host.ts';
import { createSupervisor, type FleetEvent, type SupervisorOptions } from '../../src-main/fleet/supervisor.ts';
import { quickSettings } from './fleet-settings.ts';
import { isAlive } from './proc.ts';

const workerScript = fileURLToPath(new URL('./fleet-worker.ts', import.meta.url));

/** What a supervisor needs of a queue, in memory; `log` is the queue's log of facts. */
export function fleetQueue() {
  const log: QueueEvent[] = [];
  const queue = {
    reclaimed: [] as string[],
    removed: [] as string[],
    maintained: 0,
    known: [] as KnownWorker[],
    /** Makes every call fail while it is set. */
    away: null as Error | null,
    settled(workerId: string, state: 'completed' | 'failed' | 'delayed' = 'completed'): void {
      const tasks = [{ id: 'a', importId: null, state }];
      log.push({ seq: log.length + 1, at: 0, type: 'settled', workerId, tasks });
    },
    async reclaim(workerId: string): Promise<number> {
      if (queue.away) throw queue.away;
      queue.reclaimed.push(workerId);
      return 1;
    },
    async workers(): Promise<KnownWorker[]> {
      return queue.known;
    },
    async removeWorker(workerId: string): Promise<void> {
      queue.removed.push(workerId);
    },
    async maintain() {
      if (queue.away) throw queue.away;
      queue.maintained++;
      return { promoted: 0, reclaimed: 0, trimmed: 0, nextDueMs: null };
    },
    async events(since: number | null, limit = 100): Promise<EventPage> {
      if (queue.away) throw queue.away;
      if (since === null) return { events: [], cursor: log.length, gap: false };
      const events = log.slice(since, since + limit);
      return { events, cursor: since + events.length, gap: false };
    },
  };
  return queue;
}

/** A logger whose lines can be looked at. */
export function recordedLog(level: 'trace' | 'info' | 'warn' = 'trace') {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  return { lines, log: createLogger({ proc: 'host', level, format: 'json', write }) };
}

/** Notes every process that a host starts. */
export function notedHost(host: ProcessHost = createForkHost()) {
  const children: HostedProcess[] = [];
  const pids = (): number[] => children.flatMap(({ pid }) => pid ?? []);
  return {
    children,
    pids,
    alive: () => pids().filter(isAlive),
    spawn(options: Parameters<ProcessHost['spawn']>[0]): HostedProcess {
      const child = host.spawn(options);
      children.push(child);
      return child;
    },
  };
}

/** A supervisor over test workers of these modes (see fleet-worker.ts); nothing of it is left after the test. */
export function testFleet(modes: string, options: Partial<SupervisorOptions> = {}) {
  const queue = fleetQueue();
  const host = notedHost();
  const { log, lines } = recordedLog();
  const events: FleetEvent[] = [];
  const supervisor = createSupervisor({
    host,
    queue,
    settings: quickSettings(),
    dataDir: '/nowhere',
    entry: workerScript,
    log,
    env: { FLEET_TEST_MODES: modes },
    ...options,
    onEvent(event) {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  onTestFinished(() => supervisor.kill());
  const ofType = <T extends FleetEvent['type']>(type: T) =>
    events.filter((event): event is Extract<FleetEvent, { type: T }> => event.type === type);
  return { supervisor, queue, host, events, ofType, lines };
}

/** Waits until `check` no longer throws; the test's own time limit usually comes first. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 60_000, interval: 20 });
}
