import type { WireError } from '../../domain/app-error.ts';
import type { Settlement, TaskState } from '../../domain/task.ts';
import type { SettleAnswer } from '../../ports/task-queue.ts';
import { CHUNK, type QueueContext } from './context.ts';
import type { QueueHooks, TaskChange } from './hooks.ts';

/** Values that settle.lua answers for each settlement. */
const ANSWERED = 4;
type Answered = [accepted: number, state: TaskState | null, attempts: number | null, code: string | null];

export async function settle(
  context: QueueContext,
  hooks: QueueHooks,
  workerId: string,
  settlements: readonly Settlement[],
): Promise<SettleAnswer[]> {
  const answers: SettleAnswer[] = [];
  for (let start = 0; start < settlements.length; start += CHUNK) {
    const chunk = settlements.slice(start, start + CHUNK);
    answers.push(...(await settleChunk(context, hooks, workerId, chunk)));
  }
  return answers;
}

async function settleChunk(
  context: QueueContext,
  hooks: QueueHooks,
  workerId: string,
  settlements: readonly Settlement[],
): Promise<SettleAnswer[]> {
  const { unseenRetryMs, lostAfterMs } = context.settings;
  const values = settlements.flatMap((settlement) => argumentsOf(settlement, context.random()));
  const [at, ...flat] = await context.run<[number, ...unknown[]]>(
    'settle',
    workerId,
    unseenRetryMs,
    lostAfterMs,
    ...values,
  );
  const answered = settlements.map((_, index) => flat.slice(index * ANSWERED, (index + 1) * ANSWERED) as Answered);
  hooks.tasksChanged(
    answered.flatMap((answer, index) => changeOf(settlements[index]!, answer, workerId, at)),
  );
  return answered.map(([accepted, state], index) => ({
    taskId: settlements[index]!.taskId,
    accepted: accepted === 1,
    state,
  }));
}

/** As settle.lua takes them. */
function argumentsOf(settlement: Settlement, random: number): (string | number)[] {
  const { taskId, version, timings } = settlement;
  return [taskId, version, ...outcomeOf(settlement), timings ? JSON.stringify(timings) : '', random];
}

function outcomeOf(settlement: Settlement): [outcome: string, code: string, text: string] {
  if (settlement.outcome === 'done') return ['done', '', JSON.stringify(settlement.result)];
  if (settlement.outcome === 'release') return [settlement.reason === 'unseen' ? 'unseen' : 'release', '', ''];
  return [settlement.outcome, settlement.error.code, JSON.stringify(settlement.error)];
}

function changeOf(settlement: Settlement, answer: Answered, workerId: string, at: number): TaskChange[] {
  const [accepted, state, attempts, code] = answer;
  if (accepted !== 1 || state === null) return [];
  const error = errorOf(settlement, code);
  return [{ id: settlement.taskId, state, attempts: attempts ?? 0, workerId, at, ...(error && { error }) }];
}

function errorOf(settlement: Settlement, code: string | null): WireError | undefined {
  if ('error' in settlement) return settlement.error;
  if (code !== 'NO_WORKER_SEES_IT') return undefined;
  return { code, message: 'no live worker can reach the folder of this file', retryable: false };
}
