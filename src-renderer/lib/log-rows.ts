import type { LogEvent } from '../../src-core/contract/system.ts';

export type LogLine = Extract<LogEvent, { event: 'log' }>['data'];

/** A line as it is shown, or the place where lines are missing. */
export type LogRow = { id: string } & ({ line: LogLine } | { missed: number | null });

/** So many are held; older ones are forgotten. */
export const MOST_LINES = 5_000;

/** With what came now, and without what is too old. `first` numbers the gaps, which have no id of their own. */
export function withEvents(rows: readonly LogRow[], events: readonly LogEvent[], first: number): readonly LogRow[] {
  const restart = events.findLastIndex((event) => event.event === 'gap' && event.data.missed === null);
  // After a restart of the server all that is kept there comes anew.
  const before = restart < 0 ? rows : [];
  const added = events
    .slice(Math.max(restart, 0))
    .map((event, n): LogRow =>
      event.event === 'log'
        ? { id: event.id, line: event.data }
        : { id: `gap ${first + n}`, missed: event.data.missed },
    );
  return [...before, ...added].slice(-MOST_LINES);
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** As pino numbers them: from 10 on, ten by ten. */
export function levelOf(level: number): LogLevel {
  const place = Math.floor(level / 10) - 1;
  return LOG_LEVELS[Math.min(Math.max(place, 0), LOG_LEVELS.length - 1)]!;
}

/** A field as text; null where there is none. */
export function fieldOf({ fields }: LogLine, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Whether a line holds the text, in its message or one of its fields; capitals do not matter. `text` in small letters. */
export function holdsText({ message, fields }: LogLine, text: string): boolean {
  return message.toLowerCase().includes(text) || JSON.stringify(fields).toLowerCase().includes(text);
}
