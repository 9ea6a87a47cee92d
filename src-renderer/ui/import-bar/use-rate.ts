import { useSyncExternalStore } from 'react';
import type { LiveEvent } from '../../../src-core/contract/queue-events.ts';
import { useLive } from '../../app/live/use-live.ts';
import { useNow } from '../../lib/use-now.ts';
import { createRates } from './rates.ts';
import { doneOf, type Run } from './run.ts';

/** Of the event stream, which is one: what was measured stays while other pages are shown. */
const rates = createRates();

/** Measures while the caller is shown: for the page, once. */
export function useMeasuredRates(): void {
  useLive((batch) => {
    const at = Date.now();
    for (const run of batch.flatMap(runsOf)) if (run.finished_at === null) rates.note(run.import_id, doneOf(run), at);
  });
}

function runsOf(event: LiveEvent): readonly Run[] {
  if (event.event === 'import') return [event.data];
  return event.event === 'snapshot' ? event.data.imports : [];
}

/** Files a second; null: not known. */
export function useRate(importId: string): number | null {
  // What stands still gets slower.
  const now = useNow(5_000);
  return useSyncExternalStore(rates.subscribe, () => rates.of(importId, now));
}
