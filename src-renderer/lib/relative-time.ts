import { LOCALE } from '../texts/locale.ts';
import { UNITS } from '../texts/units.ts';

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always', style: 'short' });

const STEPS: readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** "3 min. ago", "in 2 hr."; within a second of now, "now". Both in ms since the epoch. */
export function formatRelative(at: number, now: number): string {
  const seconds = (at - now) / 1_000;
  const [size, unit] = STEPS.find(([size]) => Math.abs(seconds) >= size) ?? [0, null];
  return unit === null ? UNITS.now : relative.format(Math.trunc(seconds / size), unit);
}
