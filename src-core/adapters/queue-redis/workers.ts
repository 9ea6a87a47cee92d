import { parseOrThrow } from '../../domain/app-error.ts';
import { workerStatus, type KnownWorker, type WorkerStatus } from '../../domain/worker-status.ts';
import type { QueueContext } from './context.ts';
import type { QueueHooks } from './hooks.ts';

export async function heartbeat(context: QueueContext, hooks: QueueHooks, status: WorkerStatus): Promise<void> {
  const said = parseOrThrow(workerStatus, status, 'heartbeat');
  const leaving = said.state === 'draining' || said.state === 'stopped';
  const at = await context.run<number>('heartbeat', said.workerId, JSON.stringify(said), leaving ? '1' : '');
  hooks.heartbeat(said, at);
}

export async function workers(context: QueueContext): Promise<KnownWorker[]> {
  const [now, ...values] = await context.run<[number, ...(number | string)[]]>('workers');
  const known: KnownWorker[] = [];
  for (let index = 0; index < values.length; index += 2) {
    const seenAt = Number(values[index]);
    const status = JSON.parse(String(values[index + 1])) as WorkerStatus;
    known.push({ status, seenAt, lost: status.state !== 'stopped' && seenAt <= now - context.settings.lostAfterMs });
  }
  return known.toSorted((a, b) => (a.status.workerId < b.status.workerId ? -1 : 1));
}

export async function removeWorker(context: QueueContext, workerId: string): Promise<void> {
  await context.run('forget-worker', workerId);
}
