import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pagesOf } from '../../src-core/domain/pages.ts';
import type { QueueStats, TaskQueue } from '../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { EXIT } from '../../src-main/cli/exit-codes.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { makePictures } from '../support/pictures.ts';
import { isAlive } from '../support/proc.ts';
import { type Random, randomFrom } from '../support/random.ts';
import { embeddedBackends, serverBackends } from './backends.ts';
import { startHost, until, type Host } from './host.ts';

export interface ChaosPlan {
  pictures: number;
  workers: number;
  /** SIGKILLs of a random worker. */
  workerKills: number;
  /** SIGSTOPs of a random worker for longer than its lease, then SIGCONT. */
  freezes: number;
  /** SIGKILLs of the host; the same command is started again. */
  hostKills: number;
  /** Runs on a Redis server and the Qdrant double instead of the embedded pair, and does harm to those too. */
  servers?: ServerHarm;
  /** Also ends the host after each kill, so that every database is closed and opened again, and checks it. */
  reopen?: boolean;
  seed: number;
  log?: (line: string) => void;
}

export interface ServerHarm {
  /** SIGKILLs of the Redis server, which comes back after up to `redisDownMs`. */
  redisKills: number;
  redisDownMs: number;
  /** Times in which the store cannot be reached, `storeDownMs` each. */
  storeOutages: number;
  storeDownMs: number;
  /** Connections to Redis cut in the middle of a request or of a reply. */
  cuts: number;
}

export interface ChaosReport {
  /** What was done; each is also a promise of the plan that was kept. */
  done: Record<string, number>;
  /** Pictures in the store, and those of the folder that are not. */
  stored: number;
  absent: string[];
  /** Tasks by state at the end, and the totals since the beginning. */
  counts: Record<string, number>;
  totals: Record<string, number>;
  /** What the last `index` said: pictures that are indexed by this import, and those found. */
  summary: { completed: number; discovered: number };
  /** Tasks whose completion was accepted more than once, or never. */
  settledWrong: string[];
  /** Tasks that an outage cost an attempt. */
  attemptsBurnt: string[];
  /** Records that an older claim wrote over a newer one: their number is not that of a claim that could have written last. */
  staleRecords: string[];
  seconds: number;
}

const LEASE_MS = 1_500;

/** Short leases, a watchdog that leaves frozen workers alone, and an event log that forgets nothing. */
const ENVIRONMENT = {
  IMAGEFLEET_QUEUE_LEASE_MS: String(LEASE_MS),
  IMAGEFLEET_QUEUE_KEEP_EVENTS: '1000000',
  IMAGEFLEET_FLEET_HEARTBEAT_MS: '250',
  IMAGEFLEET_FLEET_WATCHDOG_MS: '60000',
  IMAGEFLEET_FLEET_RESTART_BACKOFF_MS: '50',
};

/**
 * Indexes a folder while its processes are killed and frozen, evenly spread over the run: a harm is done each time a
 * further share of the pictures is completed. Works in `folder`, which must be empty.
 */
export async function killEverything(folder: string, plan: ChaosPlan): Promise<ChaosReport> {
  const startedAt = performance.now();
  const log = plan.log ?? (() => {});
  const pictures = await makePictures(join(folder, 'pictures'), plan.pictures);
  const dataDir = join(folder, 'data');
  const args = ['index', join(folder, 'pictures'), '--data-dir', dataDir, '--workers', String(plan.workers), '--json'];
  const random = randomFrom(plan.seed);
  const done: Record<string, number> = {};
  const harms = schedule(plan, random);
  const closers: (() => Promise<void>)[] = [];
  const atEnd = (stop: () => Promise<void>): void => void closers.push(stop);
  const backends = plan.servers
    ? await serverBackends(dataDir, { random, ...plan.servers, atEnd })
    : embeddedBackends(dataDir);
  const environment = { ...ENVIRONMENT, ...backends.env };

  await mkdir(dataDir, { mode: 0o700 });
  const queue = await backends.openQueue(settingsSchema.parse({ queue: { leaseMs: LEASE_MS, keepEvents: 1_000_000 } }));
  const { cursor: beginning } = await queue.events(null);
  let host = startHost(args, environment);
  await until(() => host.workers().length > 0, 20_000, 'the first worker');
  try {
    let completed = 0;
    const frozen = new Set<number>();
    const thaws: Promise<void>[] = [];
    for (const [index, harm] of harms.entries()) {
      // The last quarter is left in peace: several batches are claimed ahead, and all harm must be done before the end.
      // Something is completed between any two: workers that die again and again for nothing are a crash loop.
      const due = Math.max(completed + 1, Math.floor((index * 0.75 * plan.pictures) / harms.length));
      await until(
        async () => {
          host = await standing(host, () => startHost(args, environment));
          return (completed = (await statsOf(queue))?.counts.completed ?? 0) >= due;
        },
        120_000,
        `${due} completed pictures`,
      );
      log(`${completed}/${plan.pictures}: ${harm}`);
      if (harm === 'hostKills') {
        await host.kill();
        host = startHost(args, environment);
      } else if (backends.harms[harm]) {
        let isDone = false;
        const harmed = backends.harms[harm]().finally(() => (isDone = true));
        // A connection is cut when somebody talks, which nobody does where all is done already: that is said, not waited for.
        await until(
          async () => {
            host = await standing(host, () => startHost(args, environment));
            return isDone;
          },
          120_000,
          harm,
        );
        await harmed;
      } else {
        let awake: number[] = [];
        await until(
          async () => {
            host = await standing(host, () => startHost(args, environment));
            return (awake = host.workers().filter((pid) => !frozen.has(pid))).length > 0;
          },
          30_000,
          'a worker to harm',
        );
        const victim = awake[random.below(awake.length)]!;
        if (harm === 'freezes') thaws.push(freeze(victim, frozen));
        else process.kill(victim, 'SIGKILL');
        if (plan.reopen) {
          await host.kill();
          backends.check();
          host = startHost(args, environment);
        }
      }
      done[harm] = (done[harm] ?? 0) + 1;
    }
    await Promise.all(thaws);
    let { code, stdout, stderr } = await host.ended;
    while (code === EXIT.unreachable) ({ code, stdout, stderr } = await startHost(args, environment).ended);
    if (code !== 0) throw new Error(`index ended with ${code}: ${stdout}\n${stderr}`);
    const { counts, totals } = await queue.stats();
    const said = JSON.parse(stdout) as ChaosReport['summary'];
    const summary = { completed: said.completed, discovered: said.discovered };
    backends.check();
    const store = await backends.openStore();
    atEnd(() => store.close());
    return {
      done,
      counts,
      totals,
      summary,
      settledWrong: await settledWrong(queue, beginning, plan.pictures),
      ...(await lookBack(queue, store)),
      ...(await stored(store, pictures)),
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    if (isAlive(host.pid)) await host.kill();
    await queue.close();
    for (const close of closers.toReversed()) await close();
  }
}

/** Null while the queue is away, which is what the test does to it. */
async function statsOf(queue: TaskQueue): Promise<QueueStats | null> {
  try {
    return await queue.stats();
  } catch (error) {
    if ((error as { code?: string }).code === 'QUEUE_UNAVAILABLE') return null;
    throw error;
  }
}

/** Every harm of the plan, in random order. */
function schedule({ workerKills, freezes, hostKills, servers }: ChaosPlan, random: Random): string[] {
  const { redisKills = 0, storeOutages = 0, cuts = 0 } = servers ?? {};
  const counts = { workerKills, freezes, hostKills, redisKills, storeOutages, cuts };
  const harms = Object.entries(counts).flatMap(([harm, count]) => Array.from({ length: count }, () => harm));
  for (let i = harms.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [harms[i], harms[j]] = [harms[j]!, harms[i]!];
  }
  return harms;
}

/** The host, or the next one where it could not begin because a backend was away: whoever runs it starts it again. */
async function standing(host: Host, start: () => Host): Promise<Host> {
  if (isAlive(host.pid)) return host;
  const { code } = await host.ended;
  if (code === EXIT.unreachable) return start();
  throw await endedEarly(host);
}

async function endedEarly(host: Host): Promise<Error> {
  const { code, stdout, stderr } = await host.ended;
  return new Error(`index ended with ${code} before all harm was done: ${stdout}\n${stderr}`);
}

/** Longer than the lease: its tasks are given to others, and it wakes up believing that they are its own. */
async function freeze(pid: number, frozen: Set<number>): Promise<void> {
  frozen.add(pid);
  process.kill(pid, 'SIGSTOP');
  await sleep(LEASE_MS * 2);
  if (!isAlive(pid)) throw new Error(`worker ${pid} died while it was frozen`);
  process.kill(pid, 'SIGCONT');
  frozen.delete(pid);
}

/** Tasks whose number of accepted completions is not one, from the log of batched facts. */
async function settledWrong(queue: TaskQueue, since: number, tasks: number): Promise<string[]> {
  const times = new Map<string, number>();
  let page = await queue.events(since, 10_000);
  for (; page.events.length > 0; page = await queue.events(page.cursor, 10_000)) {
    if (page.gap) throw new Error('the event log has a gap');
    for (const event of page.events) {
      if (event.type !== 'settled') continue;
      for (const fact of event.tasks) {
        if (fact.state === 'completed') times.set(fact.id, (times.get(fact.id) ?? 0) + 1);
      }
    }
  }
  const wrong = [...times].filter(([, n]) => n !== 1).map(([id, n]) => `${id} × ${n}`);
  return times.size === tasks ? wrong : [...wrong, `${times.size} of ${tasks} tasks completed`];
}

/** What tasks and records say of how it went. */
async function lookBack(
  queue: TaskQueue,
  store: VectorStore,
): Promise<Pick<ChaosReport, 'attemptsBurnt' | 'staleRecords'>> {
  const [catalog] = await store.catalogs();
  if (!catalog) throw new Error('there is no catalog');
  const attemptsBurnt: string[] = [];
  const staleRecords: string[] = [];
  for await (const tasks of pagesOf((cursor) => queue.list({}, 500, cursor))) {
    attemptsBurnt.push(...tasks.filter(({ attempts }) => attempts > 0).map(({ id, attempts }) => `${id}: ${attempts}`));
    const ids = new Map(tasks.map((task) => [String(task.payload.imageId), task]));
    for (const { record } of await store.get(catalog.id, [...ids.keys()])) {
      const { id, version, result } = ids.get(record.imageId)!;
      // The last claim wrote it, or found what an earlier claim of the same task had written.
      const fits = record.version === version || (record.version < version && result?.how === 'reused');
      if (!fits) staleRecords.push(`${id}: claim ${version}, record ${record.version}, ${String(result?.how)}`);
    }
  }
  return { attemptsBurnt, staleRecords };
}

async function stored(store: VectorStore, pictures: readonly string[]): Promise<{ stored: number; absent: string[] }> {
  const [catalog] = await store.catalogs();
  if (!catalog) throw new Error('there is no catalog');
  const paths = new Set<string>();
  let count = 0;
  for (let after: string | undefined; ;) {
    const page = await store.scroll(catalog.id, 1_000, after);
    for (const { record } of page) paths.add(record.path);
    count += page.length;
    after = page.at(-1)?.record.imageId;
    if (after === undefined) break;
  }
  return { stored: count, absent: pictures.filter((path) => !paths.has(path)) };
}
