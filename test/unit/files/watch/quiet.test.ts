import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenQuiet } from '../../../../src-core/files/watch/quiet.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('once it has been quiet', () => {
  const then = vi.fn<() => void>();
  const quiet = whenQuiet(300, 2_000, then);
  quiet.stir();
  vi.advanceTimersByTime(200);
  quiet.stir();
  vi.advanceTimersByTime(299);
  expect(then).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(then).toHaveBeenCalledOnce();
});

test('at the latest so long after the first stir, if it never is', () => {
  const then = vi.fn<() => void>();
  const quiet = whenQuiet(300, 2_000, then);
  for (let n = 0; n < 45; n++) {
    quiet.stir();
    vi.advanceTimersByTime(100);
  }
  expect(then).toHaveBeenCalledTimes(2);
});

test('not when it is forgotten', () => {
  const then = vi.fn<() => void>();
  const quiet = whenQuiet(300, 2_000, then);
  quiet.stir();
  quiet.forget();
  vi.advanceTimersByTime(5_000);
  expect(then).not.toHaveBeenCalled();
});
