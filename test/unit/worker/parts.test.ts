import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError, ERROR_CODES, type ErrorCode } from '../../../src-core/domain/app-error.ts';
import { createBreaker } from '../../../src-worker/breaker.ts';
import { createBudget } from '../../../src-worker/budget.ts';
import { createHangWatch } from '../../../src-worker/hang-watch.ts';
import { outcomeOf } from '../../../src-worker/outcome.ts';
import { createPace } from '../../../src-worker/pace.ts';
import { createStageClock } from '../../../src-worker/stage-clock.ts';

function clock() {
  let at = 0;
  return { now: () => at, advance: (ms: number) => void (at += ms) };
}

describe('budget', () => {
  it('lets in first come, first served, and a larger one than all of it alone', async () => {
    const budget = createBudget(10);
    const order: string[] = [];
    await budget.take(6);
    const large = budget.take(50).then(() => order.push('large'));
    const small = budget.take(1).then(() => order.push('small'));
    await Promise.resolve();
    expect(order).toEqual([]);
    budget.give(6);
    await large;
    expect(order).toEqual(['large']);
    budget.give(50);
    await small;
    expect(order).toEqual(['large', 'small']);
  });
});

describe('stage clock', () => {
  it('counts overlapping work once, and waiting only while nothing is worked on', () => {
    const { now, advance } = clock();
    const stages = createStageClock(now);
    stages.waiting('decode', +2);
    advance(5);
    stages.working('decode', +1);
    advance(10);
    stages.working('decode', +1);
    advance(10);
    stages.working('decode', -2);
    stages.waiting('decode', -2);
    stages.finished('decode', 2);
    advance(100);
    expect(stages.snapshot().decode).toMatchObject({ busyMs: 20, blockedMs: 5, items: 2 });
  });
});

describe('pace', () => {
  it('holds a second of work, between its bounds, by what was measured in bursts', () => {
    const { now, advance } = clock();
    const pace = createPace({ least: 16, most: 96, aheadMs: 1_000, now });
    const bursts = (n: number, everyMs: number, times: number): void => {
      for (let i = 0; i < times; i++) {
        advance(everyMs);
        for (let k = 0; k < n; k++) pace.settled();
      }
    };
    expect(pace.wanted).toBe(16);
    bursts(10, 200, 20);
    expect(pace.wanted).toBeGreaterThan(40);
    expect(pace.wanted).toBeLessThan(60);
    bursts(32, 10, 300);
    expect(pace.wanted).toBe(96);
    bursts(1, 1_000, 20);
    expect(pace.wanted).toBe(16);
  });

  it('grows with tasks that take no time within a few claims', () => {
    const { now, advance } = clock();
    const pace = createPace({ least: 16, most: 96, aheadMs: 1_000, now });
    for (let claims = 0; claims < 20; claims++) {
      advance(1);
      for (let k = 0; k < 16; k++) pace.settled();
    }
    expect(pace.wanted).toBe(96);
  });

  it('does not take a pause without work for slow work', () => {
    const { now, advance } = clock();
    const pace = createPace({ least: 1, most: 96, aheadMs: 1_000, now });
    for (let i = 0; i < 100; i++) {
      advance(20);
      pace.settled();
    }
    pace.idle();
    advance(60_000);
    pace.settled();
    expect(pace.wanted).toBe(50);
  });
});

describe('breaker', () => {
  it('opens on trouble, probes after the wait, waits longer each time, closes on success', () => {
    const { now, advance } = clock();
    const breaker = createBreaker({ baseMs: 100, capMs: 10_000 }, now);
    const error = new AppError('STORE_UNAVAILABLE', 'down');
    breaker.trouble(error);
    breaker.trouble(error);
    expect(breaker.open).toBe(error);
    expect(breaker.remainingMs).toBeLessThanOrEqual(100);
    advance(100);
    expect(breaker.open).toBeNull();
    expect(breaker.probing).toBe(true);
    breaker.trouble(error);
    expect(breaker.remainingMs).toBeGreaterThanOrEqual(100);
    advance(200);
    breaker.success();
    expect(breaker).toMatchObject({ open: null, probing: false, remainingMs: 0 });
  });
});

describe('outcome', () => {
  const RETRIED = new Set<ErrorCode>([
    'FILE_CHANGED',
    'EMBED_FAILED',
    'WORKER_LOST',
    'TOO_MANY_REQUESTS',
    'REQUEST_TIMEOUT',
    'DOWNLOAD_FAILED',
  ]);
  const OTHERS: Partial<Record<ErrorCode, unknown>> = {
    LEASE_LOST: null,
    CANCELLED: { outcome: 'release', reason: 'drain' },
    SOURCE_UNAVAILABLE: { outcome: 'release', reason: 'unseen' },
    STORE_UNAVAILABLE: { outcome: 'release', reason: 'backend' },
    QUEUE_UNAVAILABLE: { outcome: 'release', reason: 'backend' },
    DISK_FULL: { outcome: 'release', reason: 'backend' },
    DATA_DIR_UNUSABLE: { outcome: 'release', reason: 'backend' },
  };
  const expected = (code: ErrorCode): unknown =>
    code in OTHERS ? OTHERS[code] : { outcome: RETRIED.has(code) ? 'retry' : 'dead', error: { code } };

  it.each(ERROR_CODES)('%s ends its task in one known way', (code) => {
    const outcome = outcomeOf(new AppError(code, 'x'));
    expect({ outcome }).toMatchObject({ outcome: expected(code) });
  });
});

describe('hang watch', () => {
  it('gives up on what never comes back, and does not count the time in line', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const hung: AppError[] = [];
    const watch = createHangWatch({ threads: 1, limitMs: 100, everyMs: 10, onHang: (error) => hung.push(error) });
    const first = Promise.withResolvers<string>();
    const running = watch.watch(first.promise);
    const inLine = watch.watch(new Promise(() => {})).catch((error: AppError) => error.code);
    await vi.advanceTimersByTimeAsync(90);
    first.resolve('done');
    expect(await running).toBe('done');
    await vi.advanceTimersByTimeAsync(90);
    expect(hung).toEqual([]);
    await vi.advanceTimersByTimeAsync(30);
    expect(await inLine).toBe('DECODE_TIMEOUT');
    expect(hung).toHaveLength(1);
    watch.close();
  });
});
