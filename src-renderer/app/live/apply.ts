import { hashKey, type QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../../../src-core/contract/queue-events.ts';
import type { Answers, Api } from '../client.ts';
import { createLongLists, type Settled } from './long-lists.ts';
import { createRefresher } from './refresher.ts';

type Data<E extends LiveEvent['event']> = Extract<LiveEvent, { event: E }>['data'];
type Worker = Data<'worker'>;
type Import = Data<'import'>;
type Fact = Data<'task'>;

/** How often each kind of query is asked again at most, in ms, while tasks fly. */
const STATS_MS = 500;
const TASKS_MS = 1_000;
/** What an operator does is told by its count alone: nobody knows which rows have changed. */
const OPERATED: ReadonlySet<Fact['type']> = new Set(['retried', 'cancelled', 'removed', 'prioritised']);
/** Of a filter, all tasks may have to be looked at. */
const COUNT_MS = 5_000;
const HISTORY_MS = 5_000;
const CATALOGS_MS = 2_000;
/** Counting the values of a large catalog is work. */
const FACETS_MS = 10_000;
const FLEET_MS = 1_000;

/**
 * Brings what the cache holds up to date. What an event says whole is put in its place; what it only hints at is asked for
 * again, and only where a page shows it.
 */
export function createApply(api: Api, queries: QueryClient) {
  const refresher = createRefresher((name) => {
    if (name === 'stats') void queries.invalidateQueries({ queryKey: api.queue.stats.key() }, { cancelRefetch: false });
    if (name === 'fleet') void queries.invalidateQueries({ queryKey: api.fleet.get.key() }, { cancelRefetch: false });
    if (name === 'history') void queries.invalidateQueries({ queryKey: api.queue.history.key() });
    if (name === 'tasks') void longLists.refreshShort();
    if (name === 'rows') void readRows();
    if (name === 'pages') void queries.invalidateQueries({ queryKey: api.queue.tasks.key() });
    if (name === 'count') void queries.invalidateQueries({ queryKey: api.queue.count.key() });
    if (name === 'facets') void queries.invalidateQueries({ queryKey: api.catalogs.facets.key() });
    if (name === 'catalogs') {
      for (const { key } of [api.catalogs.list, api.sources.list]) void queries.invalidateQueries({ queryKey: key() });
    }
  });

  const longLists = createLongLists(api, queries);

  function setWorker(worker: Worker): void {
    queries.setQueryData(api.queue.workers.queryKey(), (old) =>
      old ? { workers: replaced(old.workers, worker, ({ worker_id }) => worker_id) } : old,
    );
  }

  function removeWorker(id: string): void {
    queries.setQueryData(
      api.queue.workers.queryKey(),
      (old) => old && { workers: old.workers.filter(({ worker_id }) => worker_id !== id) },
    );
  }

  function setImport(run: Import): void {
    queries.setQueryData(api.imports.get.queryKey({ input: { import_id: run.import_id } }), (old) => old && run);
    queries.setQueriesData<Answers['imports']['list']>({ queryKey: api.imports.list.key() }, (old) =>
      old ? { imports: replaced(old.imports, run, ({ import_id }) => import_id) } : old,
    );
  }

  function patchTasks(tasks: readonly Settled[]): void {
    if (longLists.patch(tasks)) refresher.ask('rows', TASKS_MS);
    for (const { task_id } of tasks) {
      const queryKey = api.queue.status.queryKey({ input: { task_id } });
      if (queries.getQueryState(queryKey)) void queries.invalidateQueries({ queryKey });
    }
  }

  async function readRows(): Promise<void> {
    if (await longLists.read()) refresher.ask('rows', TASKS_MS);
  }

  function applySnapshot({ stats, workers }: Data<'snapshot'>): void {
    queries.setQueryData(api.queue.stats.queryKey(), stats);
    queries.setQueryData(api.queue.workers.queryKey(), { workers });
    // Anything may have happened before it: what is shown is asked for again, what is not when it is shown.
    const known = new Set([api.queue.stats.queryKey(), api.queue.workers.queryKey()].map(hashKey));
    void queries.invalidateQueries({ predicate: ({ queryKey }) => !known.has(hashKey(queryKey)) });
  }

  function applyOne(event: LiveEvent): void {
    if (event.event === 'snapshot') applySnapshot(event.data);
    if (event.event === 'worker') setWorker(event.data);
    if (event.event === 'worker_gone') removeWorker(event.data.worker_id);
    if (event.event === 'import') setImport(event.data);
    if (event.event === 'health') {
      queries.setQueryData(api.queue.stats.queryKey(), (old) => old && { ...old, backends: event.data });
    }
  }

  return {
    apply(batch: readonly LiveEvent[]): void {
      for (const event of batch) applyOne(event);
      const facts = batch.flatMap((event) => (event.event === 'task' ? [event.data] : []));
      if (batch.some(({ event }) => event === 'task' || event.startsWith('worker'))) refresher.ask('stats', STATS_MS);
      if (batch.some(({ event }) => event.startsWith('worker'))) refresher.ask('fleet', FLEET_MS);
      if (facts.length === 0) return;
      patchTasks(facts.flatMap((fact) => ('tasks' in fact ? fact.tasks : [])));
      refresher.ask(facts.some(({ type }) => OPERATED.has(type)) ? 'pages' : 'tasks', TASKS_MS);
      refresher.ask('count', COUNT_MS);
      refresher.ask('history', HISTORY_MS);
      refresher.ask('catalogs', CATALOGS_MS);
      refresher.ask('facets', FACETS_MS);
    },
    stop: refresher.stop,
  };
}

/** With `item` in the place of the one of its name; a new one comes first. */
function replaced<T>(items: readonly T[], item: T, name: (item: T) => string): T[] {
  const at = items.findIndex((other) => name(other) === name(item));
  return at < 0 ? [item, ...items] : items.with(at, item);
}
