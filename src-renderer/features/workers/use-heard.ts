import { useEffect, useSyncExternalStore } from 'react';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { useLive } from '../../app/live/use-live.ts';
import { useNow } from '../../lib/use-now.ts';
import { createHeard } from './heard.ts';

/** Of the one event stream: what was heard stays while other pages are shown. */
const heard = createHeard();

/** Listens while the caller is shown: for the page, once. */
export function useHeartbeats(workers: readonly WorkerDocument[] | undefined): void {
  useLive((batch) => {
    const told = batch.flatMap((event) => (event.event === 'worker' ? [event.data] : []));
    if (told.length > 0) heard.now(told, Date.now());
  });
  useEffect(() => {
    if (workers) heard.list(workers);
  }, [workers]);
}

/** Pictures a second at the last heartbeats, oldest first. */
export function useRates(workerId: string): readonly number[] {
  return useSyncExternalStore(heard.subscribe, () => heard.ratesOf(workerId));
}

/** ms since a heartbeat, by the clock that stamped it; never less than 0. */
export function useAge(seenAt: string): number {
  return Math.max(0, useNow() - Date.parse(seenAt) - heard.lead());
}
