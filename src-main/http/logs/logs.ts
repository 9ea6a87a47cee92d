import { implement } from '@orpc/server';
import { logsContract } from '../../../src-core/contract/system.ts';
import { isoTime } from '../documents.ts';
import type { ApiParts } from '../procedures.ts';

/** Fields of a line by which it belongs to something. */
const OWNERS = ['proc', 'workerId', 'taskId', 'importId', 'reqId', 'traceId'];

export function logProcedures({ console }: Pick<ApiParts, 'console'>) {
  const api = implement(logsContract);

  return api.router({
    list: api.list.handler(({ input: { since, limit, level, of } }) => {
      const lines = console.recentLogs
        .lines({ since, level })
        .filter(({ fields }) => of === undefined || OWNERS.some((owner) => fields[owner] === of));
      return { lines: lines.slice(-limit).map(({ at, ...line }) => ({ ...line, at: isoTime(at) })) };
    }),
  });
}
