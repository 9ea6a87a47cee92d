import { hostname } from 'node:os';
import { PROTOCOL_VERSION, type WorkerState, type WorkerStatus } from '../src-core/domain/worker-status.ts';
import type { QueueConsumer } from '../src-core/ports/task-queue.ts';
import { installedVersion } from '../src-core/settings/installation.ts';
import type { Logger } from '../src-core/telemetry/log.ts';
import type { RunLoop } from './run-loop.ts';
import type { StageClock } from './stage-clock.ts';

export interface HeartbeatOptions {
  workerId: string;
  everyMs: number;
  tags: readonly string[];
  queue: Pick<QueueConsumer, 'heartbeat'>;
  loop: Pick<RunLoop, 'snapshot'>;
  stages: StageClock;
  log: Logger;
  /** Monotonic, in ms. */
  now: () => number;
  /** Each status, for the host; also when the queue is away. */
  onBeat: (status: WorkerStatus) => void;
}

export interface Heartbeat {
  /** Beats at once, then regularly. */
  start(): Promise<void>;
  /** Says goodbye. Idempotent. */
  stop(): Promise<void>;
}

/** Over how many heartbeats the rate is taken. */
const RATE_BEATS = 4;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { workerId, everyMs, queue, loop, stages, log, now, onBeat } = options;
  const startedAt = Date.now();
  const constant = {
    workerId,
    host: hostname(),
    pid: process.pid,
    version: installedVersion(),
    protocol: PROTOCOL_VERSION,
    startedAt,
    tags: [...options.tags],
  };
  const beats: { at: number; processed: number; cpuMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let stopped = false;
  let failing = false;

  function status(state?: WorkerState): WorkerStatus {
    const snapshot = loop.snapshot();
    const { user, system } = process.cpuUsage();
    const beat = { at: now(), processed: snapshot.processed, cpuMs: (user + system) / 1_000 };
    const last = beats.at(-1) ?? beat;
    const first = beats[0] ?? beat;
    beats.push(beat);
    if (beats.length > RATE_BEATS) beats.shift();
    const seconds = (beat.at - first.at) / 1_000;
    return {
      ...constant,
      state: state ?? snapshot.state,
      currentTasks: snapshot.currentTasks,
      processed: snapshot.processed,
      failed: snapshot.failed,
      rate: seconds > 0 ? (beat.processed - first.processed) / seconds : 0,
      rssBytes: process.memoryUsage.rss(),
      cpu: beat.at > last.at ? (beat.cpuMs - last.cpuMs) / (beat.at - last.at) : 0,
      stages: stages.snapshot(),
      waitingFor: snapshot.waitingFor,
    };
  }

  async function send(beat: WorkerStatus): Promise<void> {
    try {
      await queue.heartbeat(beat);
      if (failing) log.info('the queue takes heartbeats again');
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ error }, 'the queue did not take a heartbeat; trying again');
      failing = true;
    }
  }

  async function beat(): Promise<void> {
    const current = status();
    onBeat(current);
    // One at a time: a queue that is away must not pile them up.
    sending ??= send(current).finally(() => {
      sending = undefined;
    });
    await sending;
  }

  return {
    async start() {
      timer = setInterval(() => void beat(), everyMs);
      await beat();
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      await sending;
      const last = status('stopped');
      onBeat(last);
      await send(last);
    },
  };
}
