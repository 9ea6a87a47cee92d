import { TASK_PRIORITIES } from '../../domain/task.ts';
import type { QueueStats } from '../../ports/task-queue.ts';
import { queueRow, type QueueContext } from './context.ts';
import { throughput } from './history.ts';

export async function stats(context: QueueContext): Promise<QueueStats> {
  return context.read((now) => {
    const row = queueRow(context);
    const { waiting, active, delayed, completed, failed, cancelled, high, normal, low, suspects } = row;
    const oldest = oldestWaiting(context);
    return {
      counts: { waiting, active, delayed, completed, failed, cancelled },
      waitingByPriority: { high, normal, low },
      suspects,
      oldestWaitingMs: oldest === null ? null : Math.max(0, now - oldest),
      paused: row.paused === 1,
      throughput: throughput(context, now),
      totals: {
        enqueued: row.total_enqueued,
        completed: row.total_completed,
        failed: row.total_failed,
        cancelled: row.total_cancelled,
        retried: row.total_retried,
        stalled: row.total_stalled,
      },
      failuresByCode: failuresByCode(context),
    };
  });
}

function failuresByCode(context: QueueContext): Record<string, number> {
  const rows = context
    .sql('SELECT code, count FROM failures WHERE count > 0 ORDER BY code')
    .all<{ code: string; count: number }>();
  return Object.fromEntries(rows.map(({ code, count }) => [code, count]));
}

/** The first of every line is its oldest, so that this is a few steps in an index, however many wait. */
function oldestWaiting(context: QueueContext): number | null {
  const first = context.sql(
    `SELECT created_at FROM tasks
     WHERE state = 'waiting' AND suspect IS NULL AND held = ? AND blind = ? AND priority = ? ORDER BY n LIMIT 1`,
  );
  const sets = context.sql('SELECT id FROM blind_sets').all<{ id: number }>();
  const ages = [0, 1].flatMap((held) =>
    sets.flatMap(({ id }) =>
      TASK_PRIORITIES.map((_, priority) => first.get<{ created_at: number }>(held, id, priority)?.created_at),
    ),
  );
  const suspect = context
    .sql(
      `SELECT min(created_at) AS created_at FROM tasks INDEXED BY suspects WHERE state = 'waiting' AND suspect IS NOT NULL`,
    )
    .get<{ created_at: number | null }>()?.created_at;
  const known = [...ages, suspect].filter((at) => typeof at === 'number');
  return known.length > 0 ? Math.min(...known) : null;
}
