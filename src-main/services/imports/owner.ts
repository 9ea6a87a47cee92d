import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isAlive } from '../../../src-core/settings/is-alive.ts';

/** Names this process and this run of it: a process id comes back, in a container always the same one. */
export const PROCESS_OWNER = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;

/** Whether the owner surely lives no more. An owner on another machine may always be alive. */
export function isDead(owner: string): boolean {
  const [, host, pid] = /^(.*)\/(\d+)\/\w+$/.exec(owner) ?? [];
  if (host !== hostname()) return false;
  if (Number(pid) === process.pid) return owner !== PROCESS_OWNER;
  return !isAlive(Number(pid));
}
