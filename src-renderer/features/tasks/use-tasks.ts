import { useQueries, useQuery } from '@tanstack/react-query';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import type { WhichTasks } from '../../../src-core/contract/queue-operations.ts';
import { TASK_STATES } from '../../../src-core/domain/task.ts';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { usePages } from '../../app/use-pages.ts';
import type { TaskRow } from './columns.tsx';
import { matchingCount, type StateCounts } from './which.ts';

/** The first page is asked for again whenever something happens; those behind it only once. */
const FIRST_PAGE = 200;
const NEXT_PAGE = 1_000;

/** All that match, page by page, and how many they are: null while nobody knows. */
export function useTasks(which: WhichTasks) {
  const { queue } = useApi();
  const { data: stats } = useQuery(queue.stats.queryOptions());
  const pages = usePages(
    queue.tasks.infiniteOptions({
      input: (cursor: string | undefined) => ({
        ...which,
        ...(cursor === undefined ? { limit: FIRST_PAGE } : { limit: NEXT_PAGE, cursor }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next,
    }),
    rowsOf,
  );
  const told = matchingCount(which, stats) ?? (pages.isPending || pages.more.hasMore ? null : pages.rows.length);
  const { data: counted } = useQuery({
    ...queue.count.queryOptions({ input: which }),
    enabled: !pages.isPending && stats !== undefined && told === null,
  });
  return { ...pages, stats, total: told ?? counted?.count ?? null };
}

/** How many of all that match are in each state. They are counted only while that is asked for. */
export function useStateCounts(which: WhichTasks, stats: StatsDocument | undefined, isAsked: boolean): StateCounts {
  const { queue } = useApi();
  const states = which.state ?? TASK_STATES;
  const told = states.map((state) => matchingCount({ ...which, state: [state] }, stats));
  const counted = useQueries({
    queries: states.map((state, n) => ({
      ...queue.count.queryOptions({ input: { ...which, state: [state] } }),
      enabled: isAsked && told[n] === null,
    })),
  });
  return Object.fromEntries(states.map((state, n) => [state, told[n] ?? counted[n]?.data?.count ?? null]));
}

function rowsOf({ tasks }: Answers['queue']['tasks']): readonly TaskRow[] {
  return tasks;
}
