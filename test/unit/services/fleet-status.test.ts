import { expect, it } from 'vitest';
import type { StageName } from '../../../src-core/domain/worker-status.ts';
import { createFleetStatus } from '../../../src-main/services/fleet-status.ts';
import { heartbeatOf, statsOf } from '../../support/fleet-facts.ts';

const beat = (busyMs: Partial<Record<StageName, number>>, seenAt: number) => ({
  status: heartbeatOf({ workerId: 'w', cpu: 1 }, busyMs),
  seenAt,
  lost: false,
});

it('tells what limits the fleet from the last two heartbeats of each worker, however often it is read', async () => {
  let workers = [beat({ decode: 50_000 }, 100_000)];
  const stats = statsOf({ counts: { ...statsOf().counts, waiting: 7 } });
  const queue = { stats: async () => stats, workers: async () => workers };
  let times = { idle: 0, total: 0 };
  let at = 0;
  const processors = { processorTimes: () => times, now: () => at };
  const status = createFleetStatus({ queue, host: 'here', cores: 2, ...processors });
  const limit = async () => (await status.read()).bottleneck.limit;

  expect(await limit()).toBe('not known yet');
  workers = [beat({ decode: 50_100, embed: 4_900 }, 105_000)];
  expect([await limit(), await limit(), await limit()]).toEqual(['inference', 'inference', 'inference']);
  workers = [beat({ decode: 55_000, embed: 5_000 }, 110_000)];
  times = { idle: 2, total: 100 };
  at += 1_000;
  expect((await status.read()).bottleneck.text).toBe(
    'decoding, 50 % of what this machine can do, other programs take the rest; more workers would not help',
  );

  // Asked again a moment later, in which the processors happened to rest.
  times = { idle: 3, total: 101 };
  at += 10;
  expect((await status.read()).bottleneck.text).toContain('other programs take the rest');

  workers = [beat({ decode: 55_000, embed: 5_100 }, 310_000)];
  expect(await limit()).toBe('not known yet');
  workers = [beat({ decode: 55_000, embed: 9_100 }, 315_000)];
  expect(await limit()).toBe('inference');

  const lost = { ...beat({}, 0), lost: true };
  workers = [lost];
  expect(await status.read()).toMatchObject({ stats, workers: [lost], bottleneck: { limit: 'no workers' } });
});
