import { LOCALE } from '../texts/locale.ts';
import { UNITS } from '../texts/units.ts';

const grouped = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });

/** 1234567 as "1,234,567". */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** 1234567 as "1.2M": for axes. */
export function formatShort(count: number): string {
  return short.format(count);
}

/** A share of 1 as "42%". */
export function formatPercent(share: number): string {
  return percent.format(share);
}

/** Decimal units, as file managers and disks are labelled: 1_500_000 as "1.5 MB". */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.bytes.length - 1);
  const amount = bytes / 1_000 ** step;
  const text = step === 0 || amount >= 100 ? grouped.format(amount) : fine.format(amount);
  return `${text} ${UNITS.bytes[step]}`;
}

/** At most two units: 4_000_000 ms as "1 h 6 min". Null, and what is no number, as a dash. */
export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return UNITS.unknown;
  if (ms < 1_000) return `${Math.round(ms)} ${UNITS.millisecond}`;
  if (ms < 10_000) return `${fine.format(ms / 1_000)} ${UNITS.second}`;
  const seconds = Math.round(ms / 1_000);
  const parts: [amount: number, unit: string][] = [
    [Math.floor(seconds / 86_400), UNITS.day],
    [Math.floor(seconds / 3_600) % 24, UNITS.hour],
    [Math.floor(seconds / 60) % 60, UNITS.minute],
    [seconds % 60, UNITS.second],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${grouped.format(amount)} ${unit}`)
    .join(' ');
}

/** Of an answer: 0.42 as "0.4 ms". Null as a dash. */
export function formatLatency(ms: number | null): string {
  return ms !== null && ms < 10 ? `${fine.format(ms)} ${UNITS.millisecond}` : formatDuration(ms);
}

/** Without its unit: 0.4 as "0.4", 12.3 as "12". */
export function formatRate(perSecond: number): string {
  return perSecond > 0 && perSecond < 10 ? fine.format(perSecond) : grouped.format(perSecond);
}

/** Date and time to the second, in the time zone of the reader. */
export function formatExact(at: number): string {
  return exact.format(at);
}

/** The time of the day to the millisecond: "14:05:09.120". */
export function formatClock(at: number): string {
  return clock.format(at);
}
