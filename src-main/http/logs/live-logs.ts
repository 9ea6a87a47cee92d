import { randomUUID } from 'node:crypto';
import type { FollowLogs, LogEvent } from '../../../src-core/contract/system.ts';
import type { LogLine, LogRing } from '../../../src-core/telemetry/log-ring.ts';
import { logDocument, matches } from './matches.ts';

type Ping = { event: 'ping' };

/** Log lines as they come, told to any number of readers. */
export interface LiveLogs {
  /**
   * The newest `tail` lines, or all after the event that is named, then what comes. Nothing is held for a slow reader: it is
   * told how many lines are not kept any more, and goes on with the oldest that is. Ends with `signal`.
   */
  follow(which: FollowLogs, signal?: AbortSignal): AsyncGenerator<LogEvent | Ping>;
  /** Ends all. Idempotent. */
  close(): void;
}

const PAGE = 100;

export function createLiveLogs(ring: LogRing, pingMs = 15_000): LiveLogs {
  /** Lines are counted from 1 in every process: the ids of another one mean other lines. */
  const run = randomUUID().slice(0, 8);
  const closing = new AbortController();

  const eventOf = (line: LogLine): LogEvent => ({ event: 'log', id: `${run}-${line.seq}`, data: logDocument(line) });

  /** Where a reader goes on from; null: its event is of another process. */
  function seqOf(eventId: string): number | null {
    const [, of, seq] = /^(\w{8})-(\d{1,15})$/.exec(eventId) ?? [];
    return of === run ? Number(seq) : null;
  }

  /** What is there already, all of it for a reader that would else miss it. */
  function* begin({ tail, ...which }: FollowLogs, last: number, isLost: boolean): Generator<LogEvent | Ping> {
    if (isLost) yield { event: 'gap', data: { missed: null } };
    else yield { event: 'ping' }; // the head is sent with the first event, and no line may come for long
    const lines = ring.lines().filter((line) => line.seq <= last && matches(line, which));
    const first = isLost ? 0 : Math.max(0, lines.length - tail);
    for (const line of lines.slice(first)) yield eventOf(line);
  }

  async function* follow(which: FollowLogs, signal?: AbortSignal): AsyncGenerator<LogEvent | Ping> {
    const until = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    const { last_event_id: known } = which;
    const from = known === undefined ? null : seqOf(known);
    let at = Math.min(from ?? Infinity, ring.last);
    if (from === null) yield* begin(which, at, known !== undefined);
    else yield { event: 'ping' };
    while (!until.aborted) {
      const { lines, missed } = ring.after(at, PAGE);
      if (missed > 0) yield { event: 'gap', data: { missed } };
      for (const line of lines) {
        at = line.seq;
        if (matches(line, which)) yield eventOf(line);
      }
      if (lines.length === 0 && (await nextLine(ring, at, until, pingMs)) === 'nothing') yield { event: 'ping' };
    }
  }

  return { follow, close: () => closing.abort() };
}

/** Resolves as soon as there is a line after `at`, with `signal`, or after a while in which there was nothing. */
async function nextLine(ring: LogRing, at: number, signal: AbortSignal, ms: number): Promise<'something' | 'nothing'> {
  const { promise, resolve } = Promise.withResolvers<'something' | 'nothing'>();
  const wake = (): void => resolve('something');
  const stop = ring.onLine(wake);
  const timer = setTimeout(() => resolve('nothing'), ms);
  signal.addEventListener('abort', wake);
  if (ring.last > at || signal.aborted) wake();
  try {
    return await promise;
  } finally {
    stop();
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
  }
}
