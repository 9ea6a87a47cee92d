import { formatCount, formatRate, formatSeconds } from './format.ts';
import type { Paint } from './io.ts';

/** What a progress line tells of one or several imports. */
export interface Progress {
  discovered: number;
  /** Of them, those with an outcome. */
  done: number;
  failed: number;
  /** Files are still being found, so the end is not known yet. */
  walking: boolean;
  /** Pictures a second lately; null before that is known. */
  rate: number | null;
  /** What limits the fleet now, or why nothing happens; null when there is nothing to say. */
  note: string | null;
}

const BAR = 24;

/** For a terminal: with a bar where there is room for it. Cut to `columns`, one less so that no terminal wraps. */
export function formatProgressBar(progress: Progress, columns: number, paint: Paint): string {
  const text = formatProgress(progress);
  if (columns - 1 < text.length) return text.slice(0, columns - 1);
  if (columns - 1 < text.length + BAR + 1) return text;
  const { done, discovered } = progress;
  const filled = discovered === 0 ? 0 : Math.floor((BAR * done) / discovered);
  return `${paint('green', '█'.repeat(filled))}${paint('dim', '░'.repeat(BAR - filled))} ${text}`;
}

/** "1,200/5,000 (24%)  120/s  32 s left  3 failed  limited by decoding". */
export function formatProgress({ discovered, done, failed, walking, rate, note }: Progress): string {
  const percent = discovered === 0 ? 0 : Math.floor((100 * done) / discovered);
  const known = walking ? `${formatCount(discovered)} found so far` : `${formatCount(discovered)} (${percent}%)`;
  const left = discovered - done;
  const parts = [walking ? `${formatCount(done)} done, ${known}` : `${formatCount(done)}/${known}`];
  if (rate !== null) parts.push(formatRate(rate));
  if (!walking && rate !== null && rate > 0 && left > 0)
    parts.push(`${formatSeconds(Math.ceil(left / rate) * 1000)} left`);
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  if (note !== null) parts.push(note);
  return parts.join('  ');
}
