import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatRate, formatShort } from '../../../src-renderer/lib/format.ts';
import { formatRelative } from '../../../src-renderer/lib/relative-time.ts';
import { timeLeft } from '../../../src-renderer/lib/time-left.ts';

it('groups counts', () => {
  expect([0, 999, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,234,567']);
  expect([12, 12_345, 1_234_567].map(formatShort)).toEqual(['12', '12.3K', '1.2M']);
});

it('says bytes in decimal units', () => {
  const bytes = [0, 999, 1_000, 1_500_000, 150_000_000, 2_400_000_000_000];
  expect(bytes.map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '1.5 MB', '150 MB', '2.4 TB']);
});

it('says durations in at most two units', () => {
  const durations = [0, 350, 1_500, 59_000, 60_000, 61_000, 3_960_000, 90_000_000, null, Infinity];
  expect(durations.map(formatDuration)).toEqual([
    '0 ms',
    '350 ms',
    '1.5 s',
    '59 s',
    '1 min',
    '1 min 1 s',
    '1 h 6 min',
    '1 d 1 h',
    '–',
    '–',
  ]);
});

it('says rates finely only where they are small', () => {
  expect([0, 0.42, 9.94, 12.3, 1_234].map(formatRate)).toEqual(['0', '0.4', '9.9', '12', '1,234']);
});

it('says how long ago', () => {
  const now = Date.UTC(2026, 0, 1);
  const ago = [0, 900, 5_000, 125_000, 7_300_000, 200_000_000].map((ms) => formatRelative(now - ms, now));
  expect(ago).toEqual(['now', 'now', '5 sec. ago', '2 min. ago', '2 hr. ago', '2 days ago']);
  expect(formatRelative(now + 61_000, now)).toBe('in 1 min.');
});

it('knows what is left only at some rate', () => {
  expect([timeLeft(0, 0), timeLeft(10, 0), timeLeft(10, 2)]).toEqual([0, null, 5_000]);
});
