import { expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumberOf,
  formatRate,
  printable,
} from '../../../src-main/cli/format.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [1_549, '1.5 kB'],
  [9_960, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_500_000_000, '1.5 GB'],
  [2e18, '2000 PB'],
])('%d bytes are "%s"', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [-5, '0 ms'],
  [350, '350 ms'],
  [999.6, '1.0 s'],
  [4_240, '4.2 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [2 * 3_600_000 + 10 * 60_000, '2 h 10 min'],
  [76 * 3_600_000, '3 d 4 h'],
])('%d ms are "%s"', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('tells how long ago in whole seconds, also when the other clock is ahead', () => {
  expect(formatAgo(10_000, 10_300)).toBe('just now');
  expect(formatAgo(10_000, 9_000)).toBe('just now');
  expect(formatAgo(10_000, 15_900)).toBe('5 s ago');
  expect(formatAgo(10_000, 135_000)).toBe('2 min 05 s ago');
});

it('groups counts and minds the singular', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(formatNumberOf(1, 'picture')).toBe('1 picture');
  expect(formatNumberOf(2_000, 'picture')).toBe('2,000 pictures');
  expect(formatNumberOf(0, 'entry', 'entries')).toBe('0 entries');
});

it('shows a decimal of slow rates only', () => {
  expect(formatRate(0.25)).toBe('0.3/s');
  expect(formatRate(1234.5)).toBe('1,235/s');
});

it('keeps file names from moving the cursor, colouring or reversing the line', () => {
  expect(printable('a\nb\u001b[31mc\u202ed')).toBe(String.raw`a\u000ab\u001b[31mc\u202ed`);
  expect(printable('naïve 猫 🐈.jpg')).toBe('naïve 猫 🐈.jpg');
});
