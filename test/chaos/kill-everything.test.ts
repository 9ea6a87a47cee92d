import { expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { killEverything } from './kill-everything.ts';

// The whole of it is `npm run chaos`; this is short enough to run every time.
it('indexes every picture once while workers and hosts are killed and frozen', { timeout: 180_000 }, async () => {
  const plan = { pictures: 600, workers: 2, workerKills: 8, freezes: 1, hostKills: 2, seed: 7 };
  const report = await killEverything(await tempDir(), plan);
  expect(report).toMatchObject({
    done: { workerKills: plan.workerKills, freezes: plan.freezes, hostKills: plan.hostKills },
    attemptsBurnt: [],
    staleRecords: [],
    stored: plan.pictures,
    absent: [],
    settledWrong: [],
    summary: { completed: plan.pictures, discovered: plan.pictures },
    counts: { completed: plan.pictures, failed: 0, waiting: 0, active: 0, delayed: 0, cancelled: 0 },
    totals: { enqueued: plan.pictures, completed: plan.pictures, failed: 0 },
  });
});
