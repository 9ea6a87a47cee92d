import { parseOrThrow } from '../../domain/app-error.ts';
import { workerStatus, type KnownWorker, type WorkerStatus } from '../../domain/worker-status.ts';
import type { QueueContext } from './context.ts';
import { dropSuspectsOwner } from './stalls.ts';

export async function heartbeat(context: QueueContext, status: WorkerStatus): Promise<void> {
  const said = parseOrThrow(workerStatus, status, 'heartbeat');
  await context.write((now) => {
    context
      .sql(
        `INSERT INTO workers (worker_id, state, seen_at, status) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at, status = excluded.status`,
      )
      .run(said.workerId, said.state, now, JSON.stringify(said));
    if (said.state === 'draining' || said.state === 'stopped') dropSuspectsOwner(context, said.workerId);
  });
}

export async function workers(context: QueueContext): Promise<KnownWorker[]> {
  return context.read((now) =>
    context
      .sql('SELECT seen_at, status FROM workers ORDER BY worker_id')
      .all<{ seen_at: number; status: string }>()
      .map(({ seen_at: seenAt, status }) => {
        const said = JSON.parse(status) as WorkerStatus;
        return { status: said, seenAt, lost: said.state !== 'stopped' && seenAt <= now - context.settings.lostAfterMs };
      }),
  );
}

export async function removeWorker(context: QueueContext, workerId: string): Promise<void> {
  await context.write(() => {
    context.sql('DELETE FROM workers WHERE worker_id = ?').run(workerId);
    dropSuspectsOwner(context, workerId);
  });
}
