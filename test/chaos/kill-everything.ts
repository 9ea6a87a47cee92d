import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { canonicalName } from '../../src-core/domain/identity.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { makePictures } from '../support/pictures.ts';
import { isAlive } from '../support/proc.ts';
import { type Random, randomFrom } from '../support/random.ts';
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
  /** Also ends the host after each kill, so that every database is closed and opened again, and checks it. */
  reopen?: boolean;
  seed: number;
  log?: (line: string) => void;
}

export interface ChaosReport {
  /** What was done; each is also a promise of the plan that was kept. */
  workerKills: number;
  freezes: number;
  hostKills: number;
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
  const done = { workerKills: 0, freezes: 0, hostKills: 0 };
  const harms = schedule(plan, random);

  let host = startHost(args, ENVIRONMENT);
  await until(() => host.workers().length > 0, 20_000, 'the first worker');
  const queue = await openSqliteQueue({
    path: join(dataDir, 'queue.db'),
    settings: settingsSchema.parse({ queue: { leaseMs: LEASE_MS, keepEvents: 1_000_000 } }),
  });
  try {
    let completed = 0;
    const frozen = new Set<number>();
    const thaws: Promise<void>[] = [];
    for (const [index, harm] of harms.entries()) {
      // The last quarter is left in peace: several batches are claimed ahead, and all harm must be done before the end.
      // Something is completed between any two: workers that die again and again for nothing are a crash loop.
      const due = Math.max(completed + 1, Math.floor((index * 0.75 * plan.pictures) / harms.length));
      await until(
        async () => (completed = (await queue.stats()).counts.completed) >= due || !isAlive(host.pid),
        120_000,
        `${due} completed pictures`,
      );
      if (!isAlive(host.pid)) throw await endedEarly(host);
      log(`${completed}/${plan.pictures}: ${harm}`);
      if (harm === 'hostKills') {
        await host.kill();
        host = startHost(args, ENVIRONMENT);
      } else {
        const victim = await someWorker(host, frozen, random);
        if (harm === 'freezes') thaws.push(freeze(victim, frozen));
        else process.kill(victim, 'SIGKILL');
        if (plan.reopen) {
          await host.kill();
          checkDatabases(dataDir);
          host = startHost(args, ENVIRONMENT);
        }
      }
      done[harm]++;
    }
    await Promise.all(thaws);
    const { code, stdout, stderr } = await host.ended;
    if (code !== 0) throw new Error(`index ended with ${code}: ${stdout}\n${stderr}`);
    const { counts, totals } = await queue.stats();
    const said = JSON.parse(stdout) as ChaosReport['summary'];
    const summary = { completed: said.completed, discovered: said.discovered };
    const report = { ...done, counts, totals, summary, settledWrong: await settledWrong(queue, plan.pictures) };
    checkDatabases(dataDir);
    return {
      ...report,
      ...(await stored(dataDir, pictures)),
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    if (isAlive(host.pid)) await host.kill();
    await queue.close();
  }
}

type Harm = 'workerKills' | 'freezes' | 'hostKills';

/** Every harm of the plan, in random order. */
function schedule(plan: ChaosPlan, random: Random): Harm[] {
  const harms = (['workerKills', 'freezes', 'hostKills'] as const).flatMap((harm) =>
    Array.from({ length: plan[harm] }, () => harm),
  );
  for (let i = harms.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [harms[i], harms[j]] = [harms[j]!, harms[i]!];
  }
  return harms;
}

async function endedEarly(host: Host): Promise<Error> {
  const { code, stdout, stderr } = await host.ended;
  return new Error(`index ended with ${code} before all harm was done: ${stdout}\n${stderr}`);
}

/** One that is not frozen. */
async function someWorker(host: Host, frozen: ReadonlySet<number>, random: Random): Promise<number> {
  let workers: number[] = [];
  const choose = (): boolean => (workers = host.workers().filter((pid) => !frozen.has(pid))).length > 0;
  await until(() => choose() || !isAlive(host.pid), 30_000, 'a worker to harm');
  if (workers.length === 0) throw await endedEarly(host);
  return workers[random.below(workers.length)]!;
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
async function settledWrong(queue: Awaited<ReturnType<typeof openSqliteQueue>>, tasks: number): Promise<string[]> {
  const times = new Map<string, number>();
  let page = await queue.events(0, 10_000);
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

async function stored(dataDir: string, pictures: readonly string[]): Promise<{ stored: number; absent: string[] }> {
  const store = await openSqliteVectors({ path: join(dataDir, 'vectors.db') });
  try {
    const [catalog] = await store.catalogs();
    if (!catalog) throw new Error('there is no catalog');
    const names = new Set<string>();
    let count = 0;
    for (let after: string | undefined; ;) {
      const page = await store.scroll(catalog.id, 1_000, after);
      for (const { record } of page) names.add(record.canonicalName);
      count += page.length;
      after = page.at(-1)?.record.imageId;
      if (after === undefined) break;
    }
    return { stored: count, absent: pictures.filter((path) => !names.has(canonicalName(path))) };
  } finally {
    await store.close();
  }
}

function checkDatabases(dataDir: string): void {
  for (const name of ['queue.db', 'vectors.db', 'imports.db']) {
    const db = new DatabaseSync(join(dataDir, name), { timeout: 5_000 });
    const verdict = db.prepare('PRAGMA quick_check').get() as { quick_check: string };
    db.close();
    if (verdict.quick_check !== 'ok') throw new Error(`${name} is damaged: ${verdict.quick_check}`);
  }
}
