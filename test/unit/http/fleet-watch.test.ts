import { expect, it, onTestFinished, vi } from 'vitest';
import { watchFleet } from '../../../src-main/http/fleet-watch.ts';
import { parseExposition } from '../../support/exposition.ts';
import { testServer } from './test-server.ts';

type Console = Awaited<ReturnType<typeof testServer>>['console'];

async function fail(console: Console, id: string, code: 'FILE_EMPTY' | 'IMAGE_CORRUPT'): Promise<void> {
  const queue = await console.queue();
  await queue.enqueue([{ id, kind: 'index', catalogId: 'c', payload: { path: `/${id}.png` } }]);
  const { tasks } = await queue.claim({ workerId: 'w', claimId: id, max: 1, leaseMs: 60_000 });
  const error = { code, message: 'as the test wants it', retryable: false };
  await queue.settle('w', [{ taskId: id, version: tasks[0]!.version, outcome: 'dead', error }]);
}

function failuresIn(page: string): Record<string, number> {
  const samples = parseExposition(page).filter(({ name }) => name === 'imagefleet_task_failures_total');
  return Object.fromEntries(samples.map(({ labels, value }) => [labels.code!, value]));
}

it('counts each failure once from its start on, the same at each server, whoever scrapes how often', async () => {
  const { console, get } = await testServer();
  await fail(console, 'before', 'FILE_EMPTY');
  const another = watchFleet(console);
  onTestFinished(() => another.stop());
  const [first, second] = await Promise.all([get('/metrics'), another.page()]);
  expect(failuresIn(first.body)).toMatchObject({ FILE_EMPTY: 0, IMAGE_CORRUPT: 0 });
  expect(failuresIn(second)).toMatchObject({ FILE_EMPTY: 0, IMAGE_CORRUPT: 0 });

  await fail(console, 'one', 'IMAGE_CORRUPT');
  await fail(console, 'two', 'IMAGE_CORRUPT');
  const scrapes = await Promise.all(Array.from({ length: 5 }, () => get('/metrics')));
  for (const { body } of scrapes) expect(failuresIn(body)).toMatchObject({ FILE_EMPTY: 0, IMAGE_CORRUPT: 2 });
  await fail(console, 'three', 'FILE_EMPTY');
  expect(failuresIn(await another.page())).toMatchObject({ FILE_EMPTY: 1, IMAGE_CORRUPT: 2 });
});

it('looks by itself, and goes on when the queue was away', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { console } = await testServer();
  const queue = await console.queue();
  let away = true;
  let looks = 0;
  const watch = watchFleet({
    async queue() {
      looks++;
      if (away) throw new Error('away');
      return queue;
    },
  });
  onTestFinished(() => watch.stop());
  watch.start();
  await vi.waitUntil(() => looks === 1);
  await expect(watch.page()).rejects.toThrow('away');
  away = false;
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  vi.advanceTimersToNextTimer();
  await vi.waitUntil(() => looks === 3);
  await fail(console, 'one', 'IMAGE_CORRUPT');
  watch.stop();
  expect(failuresIn(await watch.page())).toMatchObject({ IMAGE_CORRUPT: 1 });
  expect(vi.getTimerCount()).toBe(0);
});
