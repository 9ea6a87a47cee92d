import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import type { WorkerState } from '../../../src-core/domain/worker-status.ts';
import type { SortedColumn, WorkersSearch, WorkerView } from './search.ts';

/** Silence says more than what it said last. */
export function stateOf({ lost, state }: WorkerDocument): WorkerState | 'lost' {
  return lost ? 'lost' : state;
}

const VIEWS: Record<WorkerView, (worker: WorkerDocument) => boolean> = {
  online: ({ lost, state }) => !lost && state !== 'stopped',
  busy: ({ lost, state }) => !lost && state === 'busy',
  lost: ({ lost }) => lost,
};

export function inView(worker: WorkerDocument, view: WorkerView | undefined): boolean {
  return view === undefined || VIEWS[view](worker);
}

const KEYS: Record<SortedColumn, (worker: WorkerDocument) => string | number> = {
  worker: ({ worker_id }) => worker_id,
  state: stateOf,
  rate: ({ rate, lost }) => (lost ? -1 : rate),
  cpu: ({ cpu, lost }) => (lost ? -1 : cpu),
  memory: ({ rss_bytes }) => rss_bytes,
  processed: ({ processed }) => processed,
  failed: ({ failed }) => failed,
  seen: ({ seen_at }) => seen_at,
  host: ({ host }) => host,
};

/** "worker-2" before "worker-10". */
const names = new Intl.Collator('en', { numeric: true });

function byName(a: WorkerDocument, b: WorkerDocument): number {
  return names.compare(a.host, b.host) || names.compare(a.worker_id, b.worker_id);
}

/** Those that are asked for, in an order that does not depend on when they were heard of: rows stand still. */
export function rowsOf(
  workers: readonly WorkerDocument[],
  { view, text, sort, order }: WorkersSearch,
): WorkerDocument[] {
  const wanted = text?.toLowerCase() ?? '';
  const matches = ({ worker_id, host, tags }: WorkerDocument): boolean =>
    [worker_id, host, ...tags].some((word) => word.toLowerCase().includes(wanted));
  const key = sort && KEYS[sort];
  const sign = order === 'desc' ? -1 : 1;
  return workers
    .filter((worker) => inView(worker, view) && matches(worker))
    .toSorted((a, b) => (key ? sign * compare(key(a), key(b)) : 0) || byName(a, b));
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : names.compare(String(a), String(b));
}
