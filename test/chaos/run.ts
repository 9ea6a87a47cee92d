/**
 * `npm run chaos -- [--seed N] [--only embedded|servers|month]`: the whole crash test on the built program, then the same
 * with every database closed and reopened after each kill; then on a Redis server and the Qdrant double, which fail too; then
 * the scripted month of a folder of 3,000 pictures. Prints what was done and seen; exit code 1 when a promise was broken.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { killEverything, type ChaosPlan, type ChaosReport } from './kill-everything.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    pictures: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '3' },
    quiet: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const plan: ChaosPlan = {
  pictures: Number(values.pictures),
  workers: Number(values.workers),
  workerKills: 50,
  freezes: 5,
  hostKills: 5,
  seed: Number(values.seed),
  ...(values.quiet ? {} : { log: (line: string) => console.error(line) }),
};

/** With outages of queue and store, and lost connections. */
const serversPlan: ChaosPlan = {
  ...plan,
  pictures: Number(values.pictures) * 2.5,
  workers: Number(values.workers) + 1,
  workerKills: 100,
  servers: { redisKills: 5, redisDownMs: 10_000, storeOutages: 2, storeDownMs: 20_000, cuts: 25 },
};

const wants = (part: string): boolean => values.only === undefined || values.only === part;

function broken(plan: ChaosPlan, report: ChaosReport): string[] {
  const { counts, totals } = report;
  return [
    ...(report.stored === plan.pictures ? [] : [`${report.stored} records of ${plan.pictures} pictures`]),
    ...report.absent.slice(0, 5).map((path) => `not in the store: ${path}`),
    ...report.settledWrong.slice(0, 5),
    ...report.attemptsBurnt.slice(0, 5).map((task) => `an attempt was burnt: ${task}`),
    ...report.staleRecords.slice(0, 5).map((task) => `an older write: ${task}`),
    ...(counts.completed === plan.pictures && counts.failed === 0
      ? []
      : [`tasks at the end: ${JSON.stringify(counts)}`]),
    ...(report.summary.completed === plan.pictures ? [] : [`index says ${JSON.stringify(report.summary)}`]),
    ...(totals.enqueued === plan.pictures ? [] : [`${totals.enqueued} tasks were made`]),
  ];
}

async function run(title: string, plan: ChaosPlan): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'imagefleet-chaos-'));
  console.error(`\n${title}:`);
  try {
    const report = await killEverything(folder, plan);
    const problems = broken(plan, report);
    console.log(JSON.stringify({ seed: plan.seed, ...report, absent: report.absent.length, problems }));
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (wants('embedded')) {
  await run('Kills and freezes', plan);
  await run('With every database reopened after each kill', { ...plan, reopen: true });
}
if (wants('servers')) await run('With a Redis server and a store that fail too', serversPlan);
if (wants('month')) {
  console.error('\nA month of a folder:');
  const vitest = resolve(import.meta.dirname, '../../node_modules/.bin/vitest');
  const { status } = spawnSync(vitest, ['run', 'test/e2e/month.test.ts'], {
    env: { ...process.env, IMAGEFLEET_MONTH_PICTURES: '3000' },
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
