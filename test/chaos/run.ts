/**
 * `npm run chaos -- [--seed N]`: the whole crash test on the built program, then the same with every database closed and
 * reopened after each kill; then the scripted month of a folder of 3,000 pictures. Prints what was done and seen; exit
 * code 1 when a promise was broken.
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

function broken(report: ChaosReport): string[] {
  const { counts, totals } = report;
  return [
    ...(report.stored === plan.pictures ? [] : [`${report.stored} records of ${plan.pictures} pictures`]),
    ...report.absent.slice(0, 5).map((path) => `not in the store: ${path}`),
    ...report.settledWrong.slice(0, 5),
    ...(counts.completed === plan.pictures && counts.failed === 0
      ? []
      : [`tasks at the end: ${JSON.stringify(counts)}`]),
    ...(report.summary.completed === plan.pictures ? [] : [`index says ${JSON.stringify(report.summary)}`]),
    ...(totals.enqueued === plan.pictures ? [] : [`${totals.enqueued} tasks were made`]),
  ];
}

for (const reopen of [false, true]) {
  const folder = await mkdtemp(join(tmpdir(), 'imagefleet-chaos-'));
  console.error(reopen ? '\nWith every database reopened after each kill:' : 'Kills and freezes:');
  try {
    const report = await killEverything(folder, { ...plan, reopen });
    const problems = broken(report);
    console.log(JSON.stringify({ seed: plan.seed, reopen, ...report, absent: report.absent.length, problems }));
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

console.error('\nA month of a folder:');
const vitest = resolve(import.meta.dirname, '../../node_modules/.bin/vitest');
const { status } = spawnSync(vitest, ['run', 'test/e2e/month.test.ts'], {
  env: { ...process.env, IMAGEFLEET_MONTH_PICTURES: '3000' },
  stdio: 'inherit',
});
if (status !== 0) process.exitCode = 1;
