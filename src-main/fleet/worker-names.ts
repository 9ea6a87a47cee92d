import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { isAlive } from '../../src-core/settings/is-alive.ts';

/** Ids of a host's workers. */
export interface WorkerNames {
  /** One that is not taken. */
  next(isTaken: (id: string) => boolean): string;
  isOurs(id: string): boolean;
  /** They are the same after a restart of the host. */
  readonly stable: boolean;
}

/** `given-0`, `given-1` …, else ids that nobody ever had. */
export function createWorkerNames(given: string | null): WorkerNames {
  if (given !== null) {
    return {
      next(isTaken) {
        for (let slot = 0; ; slot++) if (!isTaken(`${given}-${slot}`)) return `${given}-${slot}`;
      },
      isOurs: (id) => id.startsWith(`${given}-`) && /^\d+$/.test(id.slice(given.length + 1)),
      stable: true,
    };
  }
  const prefix = `${hostname().slice(0, 63)}-${process.pid}-`;
  let made = 0;
  return {
    next: () => `${prefix}${made++}-${randomBytes(3).toString('hex')}`,
    isOurs: (id) => id.startsWith(prefix),
    stable: false,
  };
}

/**
 * Gives back what workers of these names held when their host died; with names of their own that is left to their leases.
 * Throws CONFLICT when one of them is alive: two workers of one name would take each other's tasks away.
 */
export async function takeOverNames(
  { isOurs, stable }: WorkerNames,
  queue: Pick<TaskQueue, 'workers' | 'reclaim'>,
): Promise<void> {
  if (!stable) return;
  for (const { status, lost } of await queue.workers()) {
    const { workerId, host, pid, state } = status;
    if (!isOurs(workerId)) continue;
    if (!lost && state !== 'stopped' && (host !== hostname() || isAlive(pid))) {
      throw new AppError(
        'CONFLICT',
        `a worker ${workerId} is alive on ${host} (process ${pid}); choose another --worker-id, or stop that one first`,
      );
    }
    await queue.reclaim(workerId);
  }
}
