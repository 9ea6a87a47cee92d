import { randomUUID } from 'node:crypto';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { done } from './backend.ts';

/**
 * A worker process: claims and completes until nothing is open, and tells its parent what was accepted. Its last four
 * arguments: worker id, lease in ms, and where it kills itself: after so many claims of ordinary tasks, before (`claim`)
 * or after (`settle`) they are settled.
 */
export async function workToTheEnd(queue: TaskQueue): Promise<void> {
  const [workerId = '', lease = '', diesAt = '', after = ''] = process.argv.slice(-4);
  let ordinary = 0;

  function maybeDie(at: string): void {
    if (at === diesAt && ordinary === Number(after)) process.kill(process.pid, 'SIGKILL');
  }

  for (;;) {
    const { tasks } = await queue.claim({ workerId, claimId: randomUUID(), max: 8, leaseMs: Number(lease) });
    const [first] = tasks;
    if (!first) {
      const { waiting, active, delayed } = (await queue.stats()).counts;
      if (waiting + active + delayed === 0) break;
      await queue.waitForWork(200);
      continue;
    }
    if (!first.suspect) ordinary += 1;
    maybeDie('claim');
    const answers = await queue.settle(workerId, tasks.map(done));
    maybeDie('settle');
    process.send?.(answers.filter(({ accepted }) => accepted).map(({ taskId }) => taskId));
  }
  await queue.close();
  process.disconnect?.();
}
