import { expect, it } from 'vitest';
import type { Paint } from '../../../src-main/cli/io.ts';
import { formatProgress, formatProgressBar, type Progress } from '../../../src-main/cli/progress-line.ts';
import { createRateWindow } from '../../../src-main/cli/rate-window.ts';

const plain: Paint = (_style, text) => text;
const base: Progress = { discovered: 0, done: 0, failed: 0, walking: false, rate: null, note: null };

it('tells done, all, rate, time left, failures and what limits', () => {
  const progress = { ...base, discovered: 5_000, done: 1_200, failed: 3, rate: 120, note: 'limited by decoding' };
  expect(formatProgress(progress)).toBe('1,200/5,000 (24%)  120/s  32 s left  3 failed  limited by decoding');
});

it('promises no end while files are still being found', () => {
  expect(formatProgress({ ...base, walking: true, discovered: 700, done: 20, rate: 5 })).toBe(
    '20 done, 700 found so far  5.0/s',
  );
});

it('promises no end when nothing moves', () => {
  expect(formatProgress({ ...base, discovered: 10, done: 2, rate: 0 })).toBe('2/10 (20%)  0.0/s');
});

it('stands an import of nothing', () => {
  expect(formatProgressBar(base, 80, plain)).toBe(`${'░'.repeat(24)} 0/0 (0%)`);
});

it('fills the bar by what is done', () => {
  expect(formatProgressBar({ ...base, discovered: 4, done: 1 }, 80, plain)).toBe(
    `${'█'.repeat(6)}${'░'.repeat(18)} 1/4 (25%)`,
  );
});

it('drops the bar, then cuts the text, rather than wrap', () => {
  const progress = { ...base, discovered: 5_000, done: 1_200, rate: 120 };
  expect(formatProgressBar(progress, 50, plain)).toBe('1,200/5,000 (24%)  120/s  32 s left');
  expect(formatProgressBar(progress, 20, plain)).toBe('1,200/5,000 (24%)  ');
});

it('measures the rate over the window only', () => {
  const window = createRateWindow(1_000);
  expect(window.rate()).toBeNull();
  window.add(0, 0);
  expect(window.rate()).toBeNull();
  window.add(500, 5);
  expect(window.rate()).toBe(10);
  for (let at = 1_000; at <= 5_000; at += 500) window.add(at, 5 + (at - 500) / 5);
  expect(window.rate()).toBe(200);
  for (let at = 5_500; at <= 7_000; at += 500) window.add(at, 905);
  expect(window.rate()).toBe(0);
});
