import { useEffect, useState } from 'react';
import type { LogEvent } from '../../../src-core/contract/system.ts';
import { withEvents, type LogLevel, type LogRow } from '../../lib/log-rows.ts';
import { useApi } from '../context.ts';
import { createConnection } from './connection.ts';
import { createGatherer } from './gather.ts';
import { followEvents } from './stream.ts';

const FLUSH_MS = 250;
const NOTHING_YET: FollowedLogs = { rows: [], isOpen: false, isLost: false, error: null };

export interface FollowedLogs {
  rows: readonly LogRow[];
  /** The server has answered. */
  isOpen: boolean;
  /** The connection was lost, and is tried again. */
  isLost: boolean;
  /** What was met last while it is lost. */
  error: unknown;
}

/** What is left out does not restrict. */
export interface WhichLogs {
  level: LogLevel;
  proc?: string | undefined;
  worker_id?: string | undefined;
  task_id?: string | undefined;
  of?: string | undefined;
}

/**
 * Log lines of the server and its workers, oldest first: the newest `tail` of them, then what comes. Of a stream of its own,
 * which goes on after a lost connection.
 */
export function useLogs(which: WhichLogs, tail: number): FollowedLogs {
  const api = useApi();
  const key = JSON.stringify({ ...which, tail });
  const [state, setState] = useState<FollowedLogs & { key: string }>({ ...NOTHING_YET, key });

  useEffect(() => {
    const ending = new AbortController();
    const connection = createConnection();
    const input = JSON.parse(key) as WhichLogs & { tail: number };
    const change = (fields: (old: FollowedLogs) => Partial<FollowedLogs>): void =>
      setState((old) => {
        const now = old.key === key ? old : { ...NOTHING_YET, key };
        return { ...now, ...fields(now) };
      });
    let count = 0;
    const gatherer = createGatherer<LogEvent>(FLUSH_MS, (events) => {
      const first = count;
      count += events.length;
      change(({ rows }) => ({ rows: withEvents(rows, events, first) }));
    });
    connection.subscribe(() => {
      const now = connection.get();
      const error = now.kind === 'reconnecting' ? now.error : null;
      change(() => ({ isOpen: now.kind === 'connected', isLost: now.kind === 'reconnecting', error }));
    });
    void followEvents<LogEvent>(
      {
        open: (last, signal) =>
          api.logs.events.call({ ...input, ...(last !== null && { last_event_id: last }) }, { signal }),
        probe: (signal) => api.logs.list.call({ limit: 1 }, { signal }),
        onEvent: gatherer.add,
        connection,
      },
      ending.signal,
    );
    return () => {
      ending.abort();
      gatherer.stop();
    };
  }, [api, key]);
  // What was followed before is not what is asked for now.
  return state.key === key ? state : NOTHING_YET;
}
