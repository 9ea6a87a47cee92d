import { expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { killEverything } from './kill-everything.ts';

// The whole of it is `npm run chaos`; this is short enough to run every time.
it('indexes every picture once while Redis, the store and connections fail too', { timeout: 240_000 }, async () => {
  const servers = { redisKills: 2, redisDownMs: 3_000, storeOutages: 1, storeDownMs: 4_000, cuts: 4 };
  const plan = { pictures: 900, workers: 2, workerKills: 6, freezes: 1, hostKills: 1, seed: 3, servers };
  const report = await killEverything(await tempDir(), plan);
  expect(report).toMatchObject({
    done: { workerKills: 6, freezes: 1, hostKills: 1, redisKills: 2, storeOutages: 1, cuts: 4 },
    stored: plan.pictures,
    absent: [],
    settledWrong: [],
    attemptsBurnt: [],
    staleRecords: [],
    summary: { completed: plan.pictures, discovered: plan.pictures },
    counts: { completed: plan.pictures, failed: 0, waiting: 0, active: 0, delayed: 0, cancelled: 0 },
    totals: { enqueued: plan.pictures, completed: plan.pictures, failed: 0 },
  });
});
