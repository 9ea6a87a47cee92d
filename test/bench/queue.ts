import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRedis } from '../support/redis-server.ts';
import { runChild } from '../support/run-child.ts';
import type { FailedRun } from './queue/failed-child.ts';
import type { IdleRun } from './queue/idle-child.ts';
import type { Measured, QueueRun } from './queue/queue-child.ts';
import { printReport, writeJson } from './report.ts';

const HELP = `npm run bench -- queue [--tasks 50000] [--large] [--idle] [--loops 100] [--seconds 20] [--failed]

The queue on Redis beside BullMQ and beside plain BLPOP + SETEX, which loses what its consumer held: on one server that
writes nothing to disk, one after another, each in a process of its own. BullMQ as it is by default (one job at a time
for each consumer) and with sixteen; our run loop as it is by default.
--large   memory per waiting task at a million instead of 100,000
--idle    what run loops cost that have nothing to do, instead of the above
--failed  how long a script keeps the server from others when a million failed tasks are retried, cancelled, listed and
          trimmed (--tasks: another number), instead of the above
Ends with 1 when a limit is missed: enqueue in batches 4 times and claim and settle 6 times BullMQ's rate, a fifth of its
Redis CPU per task, each against the better of the two BullMQs, an idle worker woken within 5 ms (p50), 1 KB of Redis
memory per waiting task; idle, 100 loops cost Redis 1 % of a core and each loop itself 0.5 %; 99 of
100 scripts keep the server for 5 ms at most.`;

const OURS = 'imagefleet';
const SYSTEMS = [OURS, 'bullmq, concurrency 1', 'bullmq, concurrency 16', 'lossy'] as const;
type System = (typeof SYSTEMS)[number];
const PEERS = ['bullmq, concurrency 1', 'bullmq, concurrency 16'] as const satisfies System[];

interface Limit {
  limit: string;
  is: number;
  wanted: string;
  met: boolean;
}

/** How fast the queue on Redis is, what it costs the server, and how fast it wakes a worker. */
export async function benchQueue(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string' },
      large: { type: 'boolean', default: false },
      idle: { type: 'boolean', default: false },
      failed: { type: 'boolean', default: false },
      loops: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const { tasks = values.failed ? '1000000' : '50000' } = values;
  const limits = await withRedis((url) => {
    if (values.failed) return failed(url, tasks);
    return values.idle
      ? idle(url, values.loops, values.seconds)
      : busy(url, tasks, values.large ? '1000000' : '100000');
  });
  printReport({ title: 'Limits', rows: limits.map((limit) => ({ ...limit, met: limit.met ? 'yes' : 'NO' })) });
  if (limits.some(({ met }) => !met)) process.exitCode = 1;
}

async function withRedis<T>(run: (url: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const { url } = await startRedis({ dir, atEnd: (stop) => void ends.push(stop) });
    return await run(url);
  } finally {
    for (const end of ends) await end();
    await rm(dir, { recursive: true, force: true });
  }
}

async function busy(url: string, tasks: string, waiting: string): Promise<Limit[]> {
  const child = join(import.meta.dirname, 'queue/queue-child.ts');
  const runs = {} as Record<System, QueueRun>;
  for (const system of SYSTEMS) runs[system] = await runChild<QueueRun>(child, [system, url, tasks, waiting]);
  printReport({
    title: `Tasks a second (${tasks} tasks)`,
    rows: table(runs, ({ perSecond }) => Math.round(perSecond)),
  });
  printReport({ title: 'Redis CPU per task, µs', rows: table(runs, ({ cpuUs }) => round(cpuUs, 1)) });
  printReport({ title: `${OURS}: rate and Redis CPU, of BullMQ's`, rows: ratioRows(runs) });
  printReport({
    title: `Waking an idle worker, and memory per waiting task (${waiting} tasks)`,
    rows: SYSTEMS.map((system) => ({
      system,
      'wake p50 ms': round(runs[system].wakeP50, 2),
      'wake p99 ms': round(runs[system].wakeP99, 2),
      'bytes a task': Math.round(runs[system].perWaitingTask),
    })),
  });
  await writeJson('queue', runs);
  return busyLimits(runs);
}

type Runs = Record<System, QueueRun>;

function table(runs: Runs, cell: (measured: Measured) => number) {
  return runs[OURS].rates.map(({ what }, n) => ({
    what,
    ...Object.fromEntries(SYSTEMS.map((system) => [system, cell(runs[system].rates[n]!)])),
  }));
}

function ratioRows(runs: Runs) {
  return runs[OURS].rates.map(({ what, perSecond, cpuUs }, n) => {
    const cells = PEERS.flatMap((peer) => {
      const its = runs[peer].rates[n]!;
      return [
        [`rate, ${peer}`, round(perSecond / its.perSecond, 1)],
        [`CPU, ${peer}`, round(cpuUs / its.cpuUs, 2)],
      ];
    });
    return { what, ...Object.fromEntries(cells) };
  });
}

/** Against whichever BullMQ is better at it. */
function busyLimits(runs: Runs): Limit[] {
  const { rates, wakeP50, perWaitingTask } = runs[OURS];
  const [, batch, ...claims] = rates;
  const rate = (own: Measured): number =>
    own.perSecond / Math.max(...PEERS.map((peer) => named(runs[peer], own.what).perSecond));
  const cpu = (own: Measured): number => {
    const its = PEERS.map((peer) => named(runs[peer], batch!.what).cpuUs + named(runs[peer], own.what).cpuUs);
    return (batch!.cpuUs + own.cpuUs) / Math.min(...its);
  };
  return [
    atLeast(`${batch!.what}, of BullMQ`, rate(batch!), 4),
    ...claims.map((own) => atLeast(`${own.what}, of BullMQ`, rate(own), 6)),
    ...claims.map((own) => atMost(`Redis CPU, batch enqueue and ${own.what}, of BullMQ`, cpu(own), 0.2)),
    atMost('an idle worker wakes, p50 ms', wakeP50, 5),
    atMost('bytes of Redis memory per waiting task', perWaitingTask, 1_024),
  ];
}

function named({ rates }: QueueRun, what: string): Measured {
  return rates.find((rate) => rate.what === what)!;
}

async function idle(url: string, loops: string, seconds: string): Promise<Limit[]> {
  const child = join(import.meta.dirname, 'queue/idle-child.ts');
  const run = await runChild<IdleRun>(child, [url, loops, seconds]);
  await writeJson('queue-idle', run);
  return [
    atMost(`Redis, % of a core, for ${loops} idle loops`, run.redis * 100, 1),
    atMost('an idle loop itself, % of a core', run.perLoop * 100, 0.5),
    atMost('loops that one enqueue wakes', run.wokenByOne, 1.5),
    atMost('an idle loop wakes, p50 ms', run.wakeP50, 5),
  ];
}

async function failed(url: string, tasks: string): Promise<Limit[]> {
  const run = await runChild<FailedRun>(join(import.meta.dirname, 'queue/failed-child.ts'), [url, tasks]);
  printReport({
    title: `How long scripts take with ${tasks} failed tasks`,
    rows: run.map((verb) => ({
      what: verb.what,
      tasks: verb.tasks,
      seconds: round(verb.seconds, 2),
      scripts: verb.scripts,
      'mean ms': round(verb.meanMs, 2),
      'p99 ms': round(verb.p99Ms, 1),
      'longest ms': round(verb.longestMs, 1),
    })),
  });
  await writeJson('queue-failed', run);
  return run.map(({ what, p99Ms }) => atMost(`${what}: 99 of 100 scripts, ms`, p99Ms, 5));
}

function atLeast(limit: string, is: number, least: number): Limit {
  return { limit, is: round(is, 2), wanted: `≥ ${least}`, met: is >= least };
}

function atMost(limit: string, is: number, most: number): Limit {
  return { limit, is: round(is, 2), wanted: `≤ ${most}`, met: is <= most };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
