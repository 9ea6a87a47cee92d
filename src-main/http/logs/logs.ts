import { implement } from '@orpc/server';
import { logsContract } from '../../../src-core/contract/system.ts';
import type { ApiParts } from '../procedures.ts';
import type { LiveLogs } from './live-logs.ts';
import { logDocument, matches } from './matches.ts';

export interface LogParts extends Pick<ApiParts, 'console'> {
  liveLogs: LiveLogs;
}

export function logProcedures({ console, liveLogs }: LogParts) {
  const api = implement(logsContract);

  return api.router({
    list: api.list.handler(({ input: { since, limit, ...which } }) => {
      const lines = console.recentLogs.lines({ since }).filter((line) => matches(line, which));
      return { lines: lines.slice(-limit).map(logDocument) };
    }),
    events: api.events.handler(async function* ({ input, signal }) {
      for await (const event of liveLogs.follow(input, signal)) if (event.event !== 'ping') yield event;
    }),
  });
}
