import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import type { Logger } from '../../src-core/telemetry/log.ts';

/** Gives back what dead workers held, and forgets them. */
export interface Reclaimer {
  /** At once; when the queue cannot be reached, with the next `retry`. Never rejects. */
  reclaim(workerId: string): Promise<void>;
  /** Throws QUEUE_UNAVAILABLE. */
  retry(): Promise<void>;
  /** Its tasks are still to be given back: nobody may take its name. */
  owes(workerId: string): boolean;
}

export function createReclaimer(queue: Pick<TaskQueue, 'reclaim' | 'removeWorker'>, log: Logger): Reclaimer {
  const owed = new Set<string>();

  async function retry(): Promise<void> {
    for (const workerId of owed) {
      owed.delete(workerId); // or another call would do the same meanwhile
      try {
        const count = await queue.reclaim(workerId);
        await queue.removeWorker(workerId);
        if (count > 0) log.info({ workerId, count }, 'gave back the tasks of a worker that has ended');
      } catch (error) {
        owed.add(workerId);
        throw error;
      }
    }
  }

  return {
    async reclaim(workerId) {
      owed.add(workerId);
      try {
        await retry();
      } catch (error) {
        log.warn({ workerId, error }, 'cannot give back the tasks of a worker that has ended; trying again');
      }
    },
    retry,
    owes: (workerId) => owed.has(workerId),
  };
}
