import type { SQLInputValue } from 'node:sqlite';
import type { Settlement } from '../../domain/task.ts';
import type { SettleAnswer, TaskFact } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';
import { factOf, record } from './events.ts';
import { judge, type EndedRun } from './outcome.ts';
import { takeBackExpired } from './stalls.ts';

type Settling = EndedRun['task'] & { settled: number; lease_until: number | null };

export async function settle(
  context: QueueContext,
  workerId: string,
  settlements: readonly Settlement[],
): Promise<SettleAnswer[]> {
  if (settlements.length === 0) return [];
  return context.write((now) => {
    takeBackExpired(context, now);
    const facts: TaskFact[] = [];
    const answers = settlements.map((settlement) => settleOne(context, workerId, settlement, now, facts));
    if (facts.length > 0) record(context, now, { type: 'settled', workerId, tasks: facts });
    return answers;
  });
}

function settleOne(
  context: QueueContext,
  workerId: string,
  settlement: Settlement,
  now: number,
  facts: TaskFact[],
): SettleAnswer {
  const { taskId, version } = settlement;
  const task = context
    .sql(
      `SELECT n, id, import_id, state, worker_id, version, settled, blind, lease_until, attempts, max_attempts,
              backoff_base, backoff_cap, history FROM tasks WHERE id = ?`,
    )
    .get<Settling>(taskId);
  if (!task) return { taskId, accepted: false, state: null };
  // A worker that did not hear the answer asks again.
  if (version > 0 && task.settled === version) return { taskId, accepted: true, state: task.state };
  const isHolder = task.state === 'active' && task.version === version && task.worker_id === workerId;
  if (!isHolder || (task.lease_until ?? 0) <= now) return { taskId, accepted: false, state: task.state };

  const { state, code, columns } = judge(context, { task, workerId, settlement, now });
  update(context, task.n, {
    ...columns,
    state,
    ...(code === undefined ? {} : { code }),
    settled: version,
    alone: 0,
    lease_until: null,
    timings: settlement.timings ? JSON.stringify(settlement.timings) : null,
  });
  facts.push(factOf(task, state, state === 'failed' ? code : undefined));
  return { taskId, accepted: true, state };
}

/** The statement's text depends only on which columns change, of which there are few kinds: each is prepared once. */
function update(context: QueueContext, n: number, columns: Record<string, SQLInputValue>): void {
  const names = Object.keys(columns);
  context
    .sql(`UPDATE tasks SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE n = ?`)
    .run(...Object.values(columns), n);
}
