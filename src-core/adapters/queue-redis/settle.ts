import type { WireError } from '../../domain/app-error.ts';
import type { Settlement, TaskState } from '../../domain/task.ts';
import type { SettleAnswer } from '../../ports/task-queue.ts';
import { chunksOf } from './chunks.ts';
import { CHUNK, type QueueContext } from './context.ts';
import type { QueueHooks, TaskChange } from './hooks.ts';
import { textsOf } from './rows.ts';

/** What ends otherwise than done, with an error, a history and a place in another list, costs as much as so many done. */
const OTHER_COSTS = 2.5;

export async function settle(
  context: QueueContext,
  hooks: QueueHooks,
  workerId: string,
  settlements: readonly Settlement[],
): Promise<SettleAnswer[]> {
  const answers: SettleAnswer[] = [];
  for (const chunk of chunksOf(settlements, ({ outcome }) => (outcome === 'done' ? 1 : OTHER_COSTS), CHUNK)) {
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
  const args = runsOf(settlements).flatMap((run) => argumentsOf(run, context.random()));
  const [at, ...texts] = await context.run<[number, ...string[]]>(
    'settle',
    workerId,
    unseenRetryMs,
    lostAfterMs,
    ...args,
  );
  const answers = settlements.map((settlement, index) => ({ settlement, ...toAnswered(texts[index] ?? ALL_DONE) }));
  hooks.tasksChanged(answers.flatMap((answered) => changeOf(answered, workerId, at)));
  return answers.map(({ settlement: { taskId }, accepted, state }) => ({ taskId, accepted, state }));
}

/** Of those that are done under one claim, which are most, the number and the outcome are said once. */
function runsOf(settlements: readonly Settlement[]): Settlement[][] {
  const runs: Settlement[][] = [];
  for (const settlement of settlements) {
    const [first] = runs.at(-1) ?? [];
    const joins = first?.outcome === 'done' && settlement.outcome === 'done' && first.version === settlement.version;
    if (joins) runs.at(-1)?.push(settlement);
    else runs.push([settlement]);
  }
  return runs;
}

/** As settle.lua takes them. */
function argumentsOf(run: readonly Settlement[], random: number): (string | number)[] {
  const { taskId, version, outcome, ...first } = run[0]!;
  if (outcome === 'done') return [outcome, version, run.length, ...run.flatMap((one) => [one.taskId, textsFor(one)])];
  const texts = textsFor(run[0]!);
  if ('error' in first) {
    return [outcome, version, taskId, texts, first.error.code, JSON.stringify(first.error), random];
  }
  return ['reason' in first && first.reason === 'unseen' ? 'unseen' : outcome, version, taskId, texts];
}

function textsFor(settlement: Settlement): string {
  return textsOf(settlement.outcome === 'done' ? settlement.result : null, settlement.timings ?? null);
}

/** What settle.lua leaves out for every task of a batch in which it holds for all. */
const ALL_DONE = '+completed 0 ';

interface Answered {
  accepted: boolean;
  state: TaskState | null;
  attempts: number;
  code: string;
}

function toAnswered(text: string): Answered {
  const [state = '', attempts = '', code = ''] = text.slice(1).split(' ');
  return {
    accepted: text.startsWith('+'),
    state: state === '' ? null : (state as TaskState),
    attempts: Number(attempts),
    code,
  };
}

function changeOf(answered: Answered & { settlement: Settlement }, workerId: string, at: number): TaskChange[] {
  const { settlement, accepted, state, attempts, code } = answered;
  if (!accepted || state === null) return [];
  const error = errorOf(settlement, code);
  return [{ id: settlement.taskId, state, attempts, workerId, at, ...(error && { error }) }];
}

function errorOf(settlement: Settlement, code: string): WireError | undefined {
  if ('error' in settlement) return settlement.error;
  if (code !== 'NO_WORKER_SEES_IT') return undefined;
  return { code, message: 'no live worker can reach the folder of this file', retryable: false };
}
