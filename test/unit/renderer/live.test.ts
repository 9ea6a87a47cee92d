import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGatherer } from '../../../src-renderer/app/live/gather.ts';
import { createRefresher } from '../../../src-renderer/app/live/refresher.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('hands on the first event at once, and a storm four times a second', () => {
  const batches: number[] = [];
  const gatherer = createGatherer<number>(250, (items) => batches.push(items.length));
  gatherer.add(0);
  vi.advanceTimersByTime(0);
  expect(batches).toEqual([1]);
  for (let n = 0; n < 500; n++) {
    gatherer.add(n);
    vi.advanceTimersByTime(2);
  }
  vi.advanceTimersByTime(250);
  expect(batches.length).toBeLessThanOrEqual(6);
  expect(batches.reduce((sum, count) => sum + count, 0)).toBe(501);
});

it('hands on nothing after it was stopped', () => {
  const flush = vi.fn<(items: readonly number[]) => void>();
  const gatherer = createGatherer<number>(250, flush);
  gatherer.add(1);
  gatherer.stop();
  vi.advanceTimersByTime(1_000);
  expect(flush).not.toHaveBeenCalled();
});

it('asks at once, not too often, and once more after a burst', () => {
  const run = vi.fn<(name: string) => void>();
  const refresher = createRefresher(run);
  for (let n = 0; n < 10; n++) refresher.ask('stats', 500);
  refresher.ask('tasks', 1_000);
  expect(run.mock.calls).toEqual([['stats'], ['tasks']]);
  vi.advanceTimersByTime(500);
  expect(run).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(5_000);
  expect(run).toHaveBeenCalledTimes(3);
});
