import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openSqliteQueue } from '../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { childrenOf, commandLine, peakRss } from '../../support/proc.ts';

export interface FleetRun {
  pictures: number;
  /** From the command's start to its end, start-up and walk included. */
  seconds: number;
  /** Pictures a second between the first settled batch and the last one: what a long run tends to. */
  rate: number;
  hostPeak: number;
  /** Of each worker process. */
  workerPeaks: number[];
}

export interface FleetRunOptions {
  workers: number;
  /** Holds worker n to core n. */
  pinned?: boolean;
}

/** Indexes a folder with the built command line in a fresh data dir and watches its processes from outside. */
export async function fleetRun(folder: string, { workers, pinned = false }: FleetRunOptions): Promise<FleetRun> {
  const dataDir = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  try {
    const program = resolve(import.meta.dirname, '../../../bin/imagefleet');
    const args = ['index', folder, '--data-dir', dataDir, '--workers', String(workers), '--json'];
    const settings = { IMAGEFLEET_QUEUE_KEEP_EVENTS: '1000000' };
    const child = spawn(program, args, {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const peaks = new Map<number, number>();
    let hostPeak = 0;
    const watch = setInterval(() => {
      hostPeak = Math.max(hostPeak, peakRss(child.pid ?? 0));
      for (const pid of childrenOf(child.pid ?? 0).filter(isWorker)) {
        if (pinned && !peaks.has(pid)) {
          spawnSync('taskset', ['-a', '-p', '-c', String(peaks.size % workers), String(pid)]);
        }
        peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakRss(pid)));
      }
    }, 100);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number];
    clearInterval(watch);
    if (code !== 0) throw new Error(`index ended with ${code}: ${output}`);
    const summary = JSON.parse(output) as { completed: number; failed: number; duration_seconds: number };
    if (summary.failed > 0) throw new Error(`${summary.failed} pictures failed`);
    return {
      pictures: summary.completed,
      seconds: summary.duration_seconds,
      rate: await steadyRate(join(dataDir, 'queue.db')),
      hostPeak,
      workerPeaks: [...peaks.values()],
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function isWorker(pid: number): boolean {
  return commandLine(pid).some((argument) => /\bworker\.(js|ts)$/.test(argument));
}

/** From the queue's own log: everything after the first tenth and before the last batch, over the time it took. */
async function steadyRate(path: string): Promise<number> {
  const queue = await openSqliteQueue({ path, settings: settingsSchema.parse({ queue: { keepEvents: 1_000_000 } }) });
  try {
    const settled: { at: number; n: number }[] = [];
    for (
      let page = await queue.events(0, 10_000);
      page.events.length > 0;
      page = await queue.events(page.cursor, 10_000)
    ) {
      for (const event of page.events) {
        if (event.type === 'settled') settled.push({ at: event.at, n: event.tasks.length });
      }
    }
    const skip = Math.floor(settled.length / 10);
    const [first, last] = [settled[skip], settled.at(-1)];
    if (!first || !last || last.at === first.at) throw new Error('too few batches to tell a rate');
    const pictures = settled.slice(skip + 1).reduce((sum, { n }) => sum + n, 0);
    return pictures / ((last.at - first.at) / 1_000);
  } finally {
    await queue.close();
  }
}
