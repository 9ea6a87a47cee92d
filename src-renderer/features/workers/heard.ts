import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';

/** Heartbeats that a line is drawn of. */
const MOST = 40;
const NONE: readonly number[] = [];

type Heard = Pick<WorkerDocument, 'worker_id' | 'seen_at' | 'rate'>;

/** What heartbeats said one after the other; the API tells only the last. */
export function createHeard() {
  const rates = new Map<string, { seenAt: string; values: readonly number[] }>();
  const listeners = new Set<() => void>();
  let lead = Infinity;

  function note({ worker_id, seen_at, rate }: Heard): void {
    const known = rates.get(worker_id);
    if (known?.seenAt === seen_at) return;
    rates.set(worker_id, { seenAt: seen_at, values: [...(known?.values ?? NONE), rate].slice(-MOST) });
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  return {
    /** As a list told them, at whatever time that was. */
    list(workers: readonly Heard[]): void {
      for (const worker of workers) note(worker);
      const there = new Set(workers.map(({ worker_id }) => worker_id));
      for (const id of rates.keys()) if (!there.has(id)) rates.delete(id);
      tell();
    },
    /** As they came in, just now; `at` in ms since the epoch. */
    now(workers: readonly Heard[], at: number): void {
      for (const worker of workers) {
        note(worker);
        lead = Math.min(lead, at - Date.parse(worker.seen_at));
      }
      tell();
    },
    /** Pictures a second, oldest first. The same array until another is heard. */
    ratesOf: (workerId: string): readonly number[] => rates.get(workerId)?.values ?? NONE,
    /** By how many ms this clock is ahead of the one that stamps heartbeats, as far as can be told. */
    lead: (): number => (Number.isFinite(lead) ? lead : 0),
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
