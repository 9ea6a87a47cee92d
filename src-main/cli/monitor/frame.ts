import { TASK_STATES } from '../../../src-core/domain/task.ts';
import { pathOf, type ListedTask } from '../../documents.ts';
import { formatWorkers } from '../commands/workers.ts';
import { formatAgo, formatCount, formatDuration, formatNumberOf, formatRate, printable } from '../format.ts';
import type { Paint } from '../io.ts';
import { STATE_STYLES } from '../styles.ts';
import type { Reading } from './reading.ts';

/** A screen of at most `rows` lines of at most `columns`, for a terminal. */
export function formatFrame(reading: Reading, size: { columns: number; rows: number }, paint: Paint): string {
  const head = [describeStates(reading, paint), describePace(reading), ''];
  const foot = [...formatFailures(reading, paint), paint('dim', 'Ctrl-C ends it.')];
  const workers = formatFleet(reading, Math.max(2, size.rows - head.length - foot.length), paint);
  return [...head, ...workers, ...foot].map((line) => cutLine(line, size.columns)).join('\n');
}

/** One line, for whatever is no terminal. */
export function formatLine(reading: Reading): string {
  const states = TASK_STATES.map((state) => `${formatCount(reading.stats.counts[state])} ${state}`).join(', ');
  return `${new Date(reading.at).toISOString()}  ${states}  ${describePace(reading)}\n`;
}

/** "IMAGE_CORRUPT  /photos/a.jpg  (what was wrong)". */
export function formatFailure(task: ListedTask): string {
  const { code = '', message = '' } = task.error ?? {};
  return `${code}  ${printable(pathOf(task) || task.id)}  (${printable(message)})`;
}

function describeStates({ stats }: Reading, paint: Paint): string {
  return TASK_STATES.map((state) => {
    const text = `${formatCount(stats.counts[state])} ${state}`;
    const style = stats.counts[state] > 0 ? STATE_STYLES[state] : 'dim';
    return style ? paint(style, text) : text;
  }).join('  ');
}

function describePace({ stats, workers, rate, limit }: Reading): string {
  const live = workers.filter(({ lost, status }) => !lost && status.state !== 'stopped');
  return [
    ...(stats.paused ? ['paused'] : []),
    rate === null ? null : formatRate(rate),
    formatNumberOf(live.length, 'worker'),
    stats.oldestWaitingMs === null ? null : `oldest waits ${formatDuration(stats.oldestWaitingMs)}`,
    `limit: ${limit}`,
  ]
    .filter((part) => part !== null)
    .join('  ');
}

function formatFleet({ workers }: Reading, room: number, paint: Paint): string[] {
  if (workers.length === 0) return [];
  const lines = formatWorkers(workers, paint).trimEnd().split('\n');
  // The title, what fits, how many do not, and the line below.
  const fitting = lines.length + 1 <= room ? lines : lines.slice(0, Math.max(1, room - 2));
  const hidden = lines.length - fitting.length;
  return [...fitting, ...(hidden > 0 ? [paint('dim', `… and ${formatNumberOf(hidden, 'worker')} more`)] : []), ''];
}

function formatFailures({ failures, at }: Reading, paint: Paint): string[] {
  if (failures.length === 0) return [];
  const lines = failures.map((task) => `${formatAgo(task.finishedAt ?? at, at)}  ${formatFailure(task)}`);
  return [paint('dim', 'LAST FAILURES'), ...lines, ''];
}

const ESCAPE = String.fromCodePoint(27);

/** Cuts a painted line: its styles take no room, and none is left open. */
function cutLine(line: string, columns: number): string {
  let left = columns;
  return line
    .split(new RegExp(`(${ESCAPE}\\[[\\d;]*m)`))
    .map((part, i) => {
      if (i % 2 === 1) return part;
      const kept = part.slice(0, left);
      left -= kept.length;
      return kept;
    })
    .join('');
}
