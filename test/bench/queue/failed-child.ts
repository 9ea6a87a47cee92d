/** How long scripts keep a server busy that holds very many failed tasks: `failed-child.ts URL TASKS`; sends a FailedRun. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openRedisQueue } from '../../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { Settlement } from '../../../src-core/domain/task.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { BENCH_CATALOG, benchTask } from './system.ts';

export type FailedRun = Verb[];

export interface Verb {
  what: string;
  /** That it changed or found. */
  tasks: number;
  seconds: number;
  scripts: number;
  /**
   * How long scripts kept the server from others, in ms: on average, at most in 99 of 100, and the longest. By the clock,
   * so that whatever else runs on the machine makes it longer.
   */
  meanMs: number;
  p99Ms: number;
  longestMs: number;
}

const BATCH = 250;
const IMPORTS = 5;

const [url = '', text = ''] = process.argv.slice(2);
const count = Number(text);
const server = new Redis(url);
const open = (keepFailedMax: number) =>
  openRedisQueue({ url, settings: settingsSchema.parse({ queue: { name: 'failed', keepFailedMax } }) });
const queue = await open(2 * count);
await server.config('SET', 'slowlog-log-slower-than', '200');
await server.config('SET', 'slowlog-max-len', '100000');

const run: FailedRun = [];

/** Of all scripts so far: how many, and their time in µs. */
async function scriptsRun(): Promise<{ calls: number; us: number }> {
  const stats = await server.info('commandstats');
  const found = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+),usec=(\d+)/gm)];
  const sum = (group: number): number => found.reduce((total, match) => total + Number(match[group]), 0);
  return { calls: sum(1), us: sum(2) };
}

async function measure(what: string, verb: () => Promise<number>): Promise<void> {
  await server.call('SLOWLOG', 'RESET');
  const [before, startedAt] = [await scriptsRun(), performance.now()];
  const tasks = await verb();
  const [seconds, after] = [(performance.now() - startedAt) / 1_000, await scriptsRun()];
  const scripts = after.calls - before.calls;
  const slow = (await server.call('SLOWLOG', 'GET', '-1')) as [number, number, number, string[], ...unknown[]][];
  const ms = slow.filter(([, , , [name]]) => /^eval/i.test(name ?? '')).map(([, , us]) => us / 1_000);
  const longest = ms.toSorted((a, b) => b - a);
  run.push({
    what,
    tasks,
    seconds,
    scripts,
    meanMs: (after.us - before.us) / 1_000 / scripts,
    p99Ms: longest[Math.floor(scripts / 100)] ?? 0,
    longestMs: longest[0] ?? 0,
  });
}

async function enqueue(): Promise<number> {
  const imports = Array.from({ length: IMPORTS }, () => randomUUID());
  for (let start = 0; start < count; start += BATCH) {
    const importId = imports[Math.floor((start * IMPORTS) / count)]!;
    const batch = Array.from({ length: Math.min(BATCH, count - start) }, (_, n) => benchTask(start + n, 'f'));
    await queue.enqueue(batch.map((task) => ({ ...task, catalogId: BENCH_CATALOG, importId })));
  }
  return count;
}

async function fail(): Promise<number> {
  const error = { code: 'IMAGE_CORRUPT', message: 'the picture is cut off in the middle', retryable: false } as const;
  let failed = 0;
  for (;;) {
    const { tasks } = await queue.claim({ workerId: 'w1', claimId: randomUUID(), max: BATCH, leaseMs: 60_000 });
    if (tasks.length === 0) return failed;
    const settlements: Settlement[] = tasks.map(({ id, version }) => ({
      taskId: id,
      version,
      outcome: 'dead',
      error,
      timings: { read: 3, decode: 5 },
    }));
    failed += (await queue.settle('w1', settlements)).length;
  }
}

async function trim(): Promise<number> {
  const stricter = await open(Math.round(count / 2));
  let trimmed = 0;
  for (;;) {
    const report = await stricter.maintain();
    trimmed += report.trimmed;
    if ((await stricter.stats()).counts.failed <= count / 2) break;
  }
  await stricter.close();
  return trimmed;
}

await measure('enqueue', enqueue);
await measure('settle as dead', fail);
const states = { states: ['failed' as const] };
const [first] = (await queue.list({}, 1)).items;
await measure('list: first page', async () => (await queue.list(states, 1_000)).items.length);
const { next } = await queue.list(states, 1_000);
const middle = String(Math.round(Number(next) / 2));
await measure('list: a page in the middle', async () => (await queue.list(states, 1_000, middle)).items.length);
await measure('list: of an import', async () => (await queue.list({ importId: first!.importId! }, 1_000)).items.length);
await measure('list: a text that is nowhere', async () => (await queue.list({ text: 'nowhere' }, 100)).items.length);
await measure('stats', async () => (await queue.stats()).counts.failed);
await measure('retry of an import', () => queue.retry({ ...states, importId: first!.importId! }));
await measure('retry of all', () => queue.retry(states));
await measure('maintain: telling what was retried', async () => {
  await queue.maintain();
  return 0;
});
await measure('cancel of all', () => queue.cancel({}));
await measure('retry of all cancelled', () => queue.retry({ states: ['cancelled'] }));
await measure('settle as dead again', fail);
await measure('trim to the half', trim);
await measure('remove of all', () => queue.remove({}));

process.send!(run);
await queue.close();
server.disconnect();
process.disconnect();
