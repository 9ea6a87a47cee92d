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
  const status = createFleetStatus({ queue, host: 'here', cores: 2, processorTimes: () => times });
  const limit = async () => (await status.read()).bottleneck.limit;

  expect(await limit()).toBe('not known yet');
  workers = [beat({ decode: 50_100, embed: 4_900 }, 105_000)];
  expect([await limit(), await limit(), await limit()]).toEqual(['inference', 'inference', 'inference']);
  workers = [beat({ decode: 55_000, embed: 5_000 }, 110_000)];
  times = { idle: 2, total: 100 };
  expect((await status.read()).bottleneck.text).toBe(
    'decoding, 50 % of what this machine can do, other programs take the rest; more workers would not help',
  );

  const lost = { ...beat({}, 0), lost: true };
  workers = [lost];
  expect(await status.read()).toMatchObject({ stats, workers: [lost], bottleneck: { limit: 'no workers' } });
});
