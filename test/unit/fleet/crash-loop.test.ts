import { describe, expect, it } from 'vitest';
import { createCrashLoop, LONGEST_BACKOFF_MS } from '../../../src-main/fleet/crash-loop.ts';
import { fleetQueue, recordedLog } from '../../support/fleet.ts';

async function begun(random = 1 - Number.EPSILON) {
  const queue = fleetQueue();
  const { log, lines } = recordedLog();
  const loop = createCrashLoop({
    queue,
    isOurs: (workerId) => workerId.startsWith('ours'),
    restartBackoffMs: 500,
    crashLoopAfter: 3,
    random: () => random,
    log,
  });
  queue.settled('ours-before');
  await loop.begin();
  return { loop, queue, lines };
}

describe('deaths in a row', () => {
  it('wait twice as long each time, up to the cap, and raise one alarm', async () => {
    const { loop } = await begun();
    const deaths = [];
    for (let i = 0; i < 9; i++) deaths.push(await loop.died());
    expect(deaths.map(({ waitMs }) => waitMs)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect(deaths.map(({ alarm }) => alarm)).toEqual([false, false, true, ...Array(6).fill(false)]);
    expect(deaths.at(-1)).toMatchObject({ inARow: 9, waitMs: LONGEST_BACKOFF_MS });
  });

  it('are no crashes while a backend is away, however long, and wait a few seconds at most', async () => {
    const { loop } = await begun();
    expect(await loop.died()).toMatchObject({ inARow: 1 });
    const deaths = [];
    for (let i = 0; i < 6; i++) deaths.push(await loop.died(true));
    expect(deaths.map(({ waitMs }) => waitMs)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    expect(deaths.filter(({ inARow, alarm }) => inARow !== 1 || alarm)).toEqual([]);
    expect(await loop.died()).toMatchObject({ inARow: 2 });
    expect((await loop.died(true)).waitMs).toBe(500);
  });

  it('wait at least half of that: the jitter', async () => {
    const { loop } = await begun(0);
    expect([(await loop.died()).waitMs, (await loop.died()).waitMs]).toEqual([250, 500]);
  });

  it('end when a worker of ours settles a task, and may raise the alarm again', async () => {
    const { loop, queue } = await begun();
    const inARow = async () => (await loop.died()).inARow;
    expect([await inARow(), await inARow()]).toEqual([1, 2]);
    queue.settled('ours-2', 'failed');
    expect([await inARow(), await inARow(), await inARow()]).toEqual([0, 1, 2]);
    expect(await loop.died()).toMatchObject({ inARow: 3, alarm: true });
  });

  it('do not end by what other machines settle, nor by retries', async () => {
    const { loop, queue } = await begun();
    await loop.died();
    for (let i = 0; i < 2_500; i++) queue.settled('theirs-1');
    queue.settled('ours-1', 'delayed');
    expect(await loop.died()).toMatchObject({ inARow: 2 });
    for (let i = 0; i < 2_500; i++) queue.settled('theirs-1');
    queue.settled('ours-1');
    expect(await loop.died()).toMatchObject({ inARow: 0 });
  });

  it('are counted one after another when they come at once', async () => {
    const { loop } = await begun();
    const deaths = await Promise.all([loop.died(), loop.died(), loop.died()]);
    expect(deaths.map(({ inARow }) => inARow)).toEqual([1, 2, 3]);
  });

  it('go on when the queue cannot be asked, and say so', async () => {
    const { loop, queue, lines } = await begun();
    queue.away = new Error('gone');
    expect(await loop.died()).toMatchObject({ inARow: 1 });
    expect(lines).toMatchObject([{ msg: 'the queue does not tell whether the fleet makes progress' }]);
    queue.away = null;
    expect(await loop.died()).toMatchObject({ inARow: 2 });
  });
});
