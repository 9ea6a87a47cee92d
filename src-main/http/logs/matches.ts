import type { FollowLogs } from '../../../src-core/contract/system.ts';
import { isAtLeast, type LogLine } from '../../../src-core/telemetry/log-ring.ts';
import { isoTime } from '../documents.ts';

export type WhichLogs = Pick<FollowLogs, 'level' | 'of' | 'proc' | 'worker_id' | 'task_id'>;

/** Fields of a line by which it belongs to something. */
const OWNERS = ['proc', 'workerId', 'taskId', 'importId', 'reqId', 'traceId'];

export function matches(line: LogLine, { level, of, proc, worker_id, task_id }: WhichLogs): boolean {
  const { fields } = line;
  return (
    isAtLeast(line, level) &&
    (proc === undefined || fields.proc === proc) &&
    (worker_id === undefined || fields.workerId === worker_id) &&
    (task_id === undefined || fields.taskId === task_id) &&
    (of === undefined || OWNERS.some((owner) => fields[owner] === of))
  );
}

export function logDocument({ at, ...line }: LogLine) {
  return { ...line, at: isoTime(at) };
}
