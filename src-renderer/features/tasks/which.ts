import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import type { WhichTasks } from '../../../src-core/contract/queue-operations.ts';
import { isOpen, TASK_STATES, type TaskState } from '../../../src-core/domain/task.ts';
import type { TaskRow } from './columns.tsx';
import type { TasksSearch } from './search.ts';

/** Tasks to be changed: one by one, or all that match a filter. */
export type Chosen =
  | { kind: 'some'; tasks: readonly Pick<TaskRow, 'task_id' | 'status' | 'image_path'>[] }
  | { kind: 'all'; which: WhichTasks };

/** How many tasks are in each state; one that is left out has none, null: nobody knows. */
export type StateCounts = Partial<Record<TaskState, number | null>>;

/** Those that can be forgotten. */
export const FINISHED_STATES = TASK_STATES.filter((state) => !isOpen(state));

/** A call takes so many ids. */
const IDS_AT_ONCE = 10_000;

/** The part of the address that says which tasks; fields that say nothing are left out. */
export function whichOf({ state, code, import_id, worker_id, catalog, text }: TasksSearch): WhichTasks {
  const fields = { state, code, import_id, worker_id, catalog, text };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** How many tasks match, where the numbers of the queue say it; else null. */
export function matchingCount(
  { state = [...TASK_STATES], code, ...others }: WhichTasks,
  stats: StatsDocument | undefined,
): number | null {
  if (!stats || Object.values(others).some((value) => value !== undefined)) return null;
  if (!code) return sum(state.map((one) => stats.counts[one]));
  const isFailedAlone = state.length === 1 && state[0] === 'failed';
  return isFailedAlone ? sum(code.map((one) => stats.failures_by_code[one] ?? 0)) : null;
}

/** The inputs of the calls that act on those of them that are in one of `states`; none where there can be none. */
export function inputsOf(
  chosen: Chosen,
  states: readonly TaskState[],
): (WhichTasks & { task_id?: string[]; state: TaskState[] })[] {
  if (chosen.kind === 'all') {
    const state = states.filter((one) => chosen.which.state?.includes(one) ?? true);
    return state.length > 0 ? [{ ...chosen.which, state }] : [];
  }
  const ids = chosen.tasks.filter(({ status }) => states.includes(status)).map(({ task_id }) => task_id);
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, n) => ({
    task_id: ids.slice(n * IDS_AT_ONCE, (n + 1) * IDS_AT_ONCE),
    state: [...states],
  }));
}

export function countsOf(tasks: readonly Pick<TaskRow, 'status'>[]): StateCounts {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { status } of tasks) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Null where it is not known of one of the states. */
export function countIn(counts: StateCounts, states: readonly TaskState[]): number | null {
  const told = states.map((state) => counts[state]);
  return told.includes(null) ? null : sum(told.map((count) => count ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
