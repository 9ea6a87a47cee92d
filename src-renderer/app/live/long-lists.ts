import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../../../src-core/contract/queue-events.ts';
import type { Answers, Api } from '../client.ts';

type TaskPage = Answers['queue']['tasks'];
type Task = TaskPage['tasks'][number];
export type Settled = Extract<Extract<LiveEvent, { event: 'task' }>['data'], { tasks: unknown }>['tasks'][number];

/** Rows that one question reads whole, at most. */
const MOST_ROWS = 1_000;

/**
 * Lists of tasks of which more than one page is loaded. Asking for them again would be page by page, so their rows are
 * patched: the state at once, by what the event says, the rest when the rows that were touched are read.
 */
export function createLongLists(api: Api, queries: QueryClient) {
  const touched = new Set<string>();

  /** Answers the ids that some list has. */
  function changeRows(changes: ReadonlyMap<string, Partial<Task>>): Set<string> {
    const found = new Set<string>();
    queries.setQueriesData<InfiniteData<TaskPage>>(
      { queryKey: api.queue.tasks.key(), predicate: ({ state }) => pageCount(state.data) > 1 },
      (old) => old && { ...old, pages: old.pages.map((page) => changedPage(page, changes, found)) },
    );
    return found;
  }

  return {
    /** Answers whether there are rows to be read. */
    patch(tasks: readonly Settled[]): boolean {
      const found = changeRows(new Map(tasks.map(({ task_id, status }) => [task_id, { status }])));
      for (const id of found) touched.add(id);
      return touched.size > 0;
    },

    /** Answers whether there is more to be read. */
    async read(): Promise<boolean> {
      const ids = [...touched].slice(0, MOST_ROWS);
      if (ids.length === 0) return false;
      for (const id of ids) touched.delete(id);
      try {
        const { tasks } = await api.queue.tasks.call({ task_id: ids, limit: MOST_ROWS });
        changeRows(new Map(tasks.map((task) => [task.task_id, task])));
        return touched.size > 0;
      } catch {
        // With those of the next event; a connection that was lost makes everything be asked for anew.
        for (const id of ids) touched.add(id);
        return false;
      }
    },

    /** Asks for the lists of one page again. */
    async refreshShort(): Promise<void> {
      await queries.invalidateQueries({
        queryKey: api.queue.tasks.key(),
        predicate: ({ state }) => pageCount(state.data) <= 1,
      });
    },
  };
}

function pageCount(data: unknown): number {
  return (data as InfiniteData<TaskPage> | undefined)?.pages?.length ?? 1;
}

/** Where each task stands: made once for a page, since of a hundred thousand rows a few change at a time. */
const places = new WeakMap<TaskPage, ReadonlyMap<string, number>>();

function placesIn(page: TaskPage): ReadonlyMap<string, number> {
  const known = places.get(page) ?? new Map(page.tasks.map(({ task_id }, n) => [task_id, n]));
  places.set(page, known);
  return known;
}

/** The same page where nothing in it has changed, so that its rows are not drawn again. */
function changedPage(page: TaskPage, changes: ReadonlyMap<string, Partial<Task>>, found: Set<string>): TaskPage {
  const places = placesIn(page);
  let tasks: Task[] | undefined;
  for (const [id, change] of changes) {
    const n = places.get(id);
    if (n === undefined) continue;
    found.add(id);
    tasks ??= [...page.tasks];
    tasks[n] = { ...tasks[n]!, ...change };
  }
  return tasks ? { ...page, tasks } : page;
}
