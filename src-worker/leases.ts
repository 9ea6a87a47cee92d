import { AppError } from '../src-core/domain/app-error.ts';
import type { ClaimedTask, StageTimings } from '../src-core/domain/task.ts';
import type { QueueConsumer } from '../src-core/ports/task-queue.ts';
import type { Logger } from '../src-core/telemetry/log.ts';
import type { Job } from './handler.ts';
import type { StageClock } from './stage-clock.ts';
import type { TaskTrace } from './task-traces.ts';

/** A claimed task from its claim until it is settled or dropped. */
export interface HeldJob extends Job {
  readonly begun: boolean;
  /** Where tracing is on. */
  readonly trace: TaskTrace | undefined;
}

export interface LeasesOptions {
  workerId: string;
  queue: Pick<QueueConsumer, 'extend'>;
  stages: Pick<StageClock, 'took'>;
  leaseMs: number;
  log: Logger;
  /** Monotonic, in ms; goes on while the process is frozen. */
  now: () => number;
  /** Throws when nothing new may begin. */
  mayBegin: () => void;
}

/** The tasks that this worker holds, and until when. */
export interface Leases {
  readonly size: number;
  readonly suspects: boolean;
  jobs(): Iterable<HeldJob>;
  /** `sentAt`: when the claim was sent, so that a slow answer never makes a lease look longer than it is. */
  hold(task: ClaimedTask, sentAt: number, trace?: TaskTrace): HeldJob;
  drop(job: HeldJob): void;
  renew(): Promise<void>;
  start(): void;
  stop(): void;
}

export function createLeases({ workerId, queue, stages, leaseMs, log, now, mayBegin }: LeasesOptions): Leases {
  interface Entry extends HeldJob {
    begun: boolean;
    validUntil: number;
    revoked: boolean;
  }
  const held = new Map<string, Entry>();
  let timer: NodeJS.Timeout | undefined;
  let renewing: Promise<void> | undefined;

  function hold(task: ClaimedTask, sentAt: number, trace?: TaskTrace): HeldJob {
    const timings: StageTimings = {};
    const entry: Entry = {
      task,
      timings,
      trace,
      took(stage, from, among = 1) {
        const to = now();
        timings[stage] = (to - from) / among;
        stages.took(stage, (to - from) / among);
        trace?.stage(stage, from, to, among);
      },
      begun: false,
      validUntil: sentAt + leaseMs,
      revoked: false,
      get held() {
        return !entry.revoked && now() < entry.validUntil;
      },
      begin() {
        entry.assertHeld();
        mayBegin();
        entry.begun = true;
      },
      assertHeld() {
        if (!entry.held) throw new AppError('LEASE_LOST', `the lease of task ${task.id} has run out or was taken back`);
      },
    };
    // Its lease ran out unnoticed and it came back to this very worker: the older run must not write any more.
    const older = held.get(task.id);
    if (older) older.revoked = true;
    held.set(task.id, entry);
    return entry;
  }

  async function extend(): Promise<void> {
    const entries = [...held.values()].filter((entry) => entry.held);
    if (entries.length === 0) return;
    const sentAt = now();
    const asked = entries.map(({ task }) => ({ taskId: task.id, version: task.version }));
    try {
      const lost = new Set(await queue.extend(workerId, asked, leaseMs));
      for (const entry of entries) {
        if (lost.has(entry.task.id)) entry.revoked = true;
        else entry.validUntil = sentAt + leaseMs;
      }
    } catch (error) {
      log.warn({ error }, 'leases could not be renewed');
    }
  }

  async function renew(): Promise<void> {
    renewing ??= extend().finally(() => {
      renewing = undefined;
    });
    await renewing;
  }

  return {
    get size() {
      return held.size;
    },
    get suspects() {
      return [...held.values()].some(({ task }) => task.suspect);
    },
    jobs: () => held.values(),
    hold,
    drop(job) {
      if (held.get(job.task.id) === job) held.delete(job.task.id);
    },
    renew,
    start() {
      timer ??= setInterval(() => void renew(), leaseMs / 3);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
