import { useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Correction } from '../../../src-core/contract/queue-operations.ts';
import { OPEN_STATES, RETRYABLE_STATES, type TaskPriority, type TaskState } from '../../../src-core/domain/task.ts';
import type { Answers, Api } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { TASKS } from '../../texts/tasks.ts';
import { notifyDone } from '../../ui/notify.ts';
import { FINISHED_STATES, inputsOf, type Chosen } from './which.ts';

type TaskPages = InfiniteData<Answers['queue']['tasks']>;
type Input = ReturnType<typeof inputsOf>[number];

/** Those that wait for a worker. */
export const WAITING_STATES = ['waiting', 'delayed'] as const satisfies readonly TaskState[];
/** A longer list starts anew with so many pages after a change: it would be asked for again one by one. */
const KEPT_PAGES = 4;

const texts = TASKS.acts;

/** What can be done to tasks. Each says in a corner how many it was, and answers that. */
export function useActs() {
  const { queue } = useApi();
  const queries = useQueryClient();
  return useMemo(() => createActs(queue, queries), [queue, queries]);
}

function createActs(queue: Api['queue'], queries: QueryClient) {
  async function refresh(): Promise<void> {
    queries.setQueriesData<TaskPages>({ queryKey: queue.tasks.key({ type: 'infinite' }) }, (old) =>
      old && old.pages.length > KEPT_PAGES
        ? { pages: old.pages.slice(0, KEPT_PAGES), pageParams: old.pageParams.slice(0, KEPT_PAGES) }
        : old,
    );
    const keys = [queue.tasks.key(), queue.count.key(), queue.stats.key(), queue.status.key()];
    await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
  }

  async function each(
    chosen: Chosen,
    states: readonly TaskState[],
    call: (input: Input) => Promise<number>,
    done: (what: string) => string,
  ): Promise<number> {
    let count = 0;
    try {
      for (const input of inputsOf(chosen, states)) count += await call(input);
    } finally {
      // Also where a later part was refused: what an earlier one has changed is shown.
      await refresh();
    }
    notifyDone(count > 0 ? done(named(count)) : texts.none);
    return count;
  }

  return {
    retry: async (
      chosen: Chosen,
      states: readonly TaskState[] = RETRYABLE_STATES,
      correction?: Correction,
    ): Promise<number> =>
      each(
        chosen,
        states,
        async (input) => (await queue.retry.call({ ...input, ...(correction && { correction }) })).retried,
        texts.retried,
      ),
    cancel: async (chosen: Chosen): Promise<number> =>
      each(chosen, OPEN_STATES, async (input) => (await queue.cancel.call(input)).cancelled, texts.cancelled),
    setPriority: async (chosen: Chosen, priority: TaskPriority): Promise<number> =>
      each(
        chosen,
        WAITING_STATES,
        async (input) => (await queue.setPriority.call({ ...input, priority })).changed,
        (what) => texts.prioritised(what, TASKS.priorities[priority]),
      ),
    /** `count`: as it was told; of another number the server forgets none. */
    remove: async (chosen: Chosen, count: number): Promise<number> =>
      each(
        chosen,
        FINISHED_STATES,
        async (input) => (await queue.remove.call({ ...input, confirm: input.task_id?.length ?? count })).removed,
        texts.removed,
      ),
  };
}

/** "1 task", "1,204 tasks"; null: nobody knows how many match. */
export function named(count: number | null): string {
  return TASKS.count(count, formatCount(count ?? 0));
}
