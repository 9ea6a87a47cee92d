import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { WorkerStatus } from '../../../src-core/domain/worker-status.ts';
import { openSqliteQueue } from '../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { heartbeatOf } from '../../support/fleet-facts.ts';

/** Workers of other machines, which share the queue of a data dir: each tells what it does by heartbeats of its own. */
export async function otherWorkers(dataDir: string) {
  const settings = settingsSchema.parse({});
  /** Of the past, a lost worker's clock: its heartbeat is old when it comes. */
  const open = async (agoMs: number) => {
    const queue = await openSqliteQueue({ path: join(dataDir, 'queue.db'), settings, now: () => Date.now() - agoMs });
    onTestFinished(() => queue.close());
    return queue;
  };
  const now = await open(0);
  const past = await open(10 * 60_000);

  return {
    beat: (status: Partial<WorkerStatus> & { workerId: string }) => now.heartbeat(workerOf(status)),
    lose: (status: Partial<WorkerStatus> & { workerId: string }) => past.heartbeat(workerOf(status)),
    remove: (workerId: string) => now.removeWorker(workerId),
  };
}

const MB = 1_000_000;

function workerOf(status: Partial<WorkerStatus> & { workerId: string }): WorkerStatus {
  const busyMs = { read: 3_100, decode: 61_000, embed: 42_500, upsert: 5_400, settle: 900 };
  const heartbeat = heartbeatOf(
    { startedAt: Date.now() - 3_600_000, rssBytes: 320 * MB, cpu: 1.4, rate: 41, ...status },
    busyMs,
  );
  for (const stage of Object.values(heartbeat.stages)) stage.items = 4_200;
  heartbeat.stages.decode.blockedMs = 9_000;
  return heartbeat;
}

const HOSTS = ['darkroom', 'attic', 'studio-1', 'studio-2', 'nas'];

/** `count` workers on a few hosts; the last three of them lost, with tasks that they held. */
export async function manyWorkers(dataDir: string, count: number): Promise<void> {
  const { beat, lose } = await otherWorkers(dataDir);
  for (let n = 0; n < count; n++) {
    const host = HOSTS[n % HOSTS.length]!;
    const isBusy = n % 4 !== 0;
    const status = {
      workerId: `${host}-${Math.floor(n / HOSTS.length) + 1}`,
      host,
      pid: 1_000 + n,
      state: isBusy ? ('busy' as const) : ('idle' as const),
      currentTasks: isBusy ? [`task-${n}`, `task-${n}-b`] : [],
      processed: n * 137,
      failed: n % 9,
      rate: isBusy ? 20 + (n % 30) : 0,
      cpu: isBusy ? 0.8 + (n % 8) / 10 : 0.01,
      tags: n % 2 === 0 ? ['gpu'] : [],
    };
    await (n >= count - 3 ? lose(status) : beat(status));
  }
}
