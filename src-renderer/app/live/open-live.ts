import type { QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../../../src-core/contract/queue-events.ts';
import type { Api } from '../client.ts';
import { createApply } from './apply.ts';
import type { Connection } from './connection.ts';
import { createGatherer } from './gather.ts';
import type { LiveHub } from './hub.ts';
import { followEvents } from './stream.ts';

/** However fast events come, the page changes at most so often. */
const FLUSH_MS = 150;
const PROBE_MS = 5_000;

/** The one event stream of this console. Answers what ends it. */
export function openLive(api: Api, queries: QueryClient, connection: Connection, hub: LiveHub): () => void {
  const ending = new AbortController();
  const { apply, stop } = createApply(api, queries);
  const gatherer = createGatherer<LiveEvent>(FLUSH_MS, (batch) => {
    apply(batch);
    hub.tell(batch);
  });
  let wasLost = false;
  const unsubscribe = connection.subscribe(() => {
    const { kind } = connection.get();
    // The stream goes on where it was cut, but what has no event of its own may have changed meanwhile.
    if (kind === 'connected' && wasLost) void queries.invalidateQueries();
    wasLost = kind === 'reconnecting';
  });
  void followEvents(
    {
      open: (last, signal) => api.queue.events.call(last === null ? {} : { last_event_id: last }, { signal }),
      probe: (signal) =>
        api.queue.stats.call(undefined, { signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]) }),
      onEvent: gatherer.add,
      connection,
    },
    ending.signal,
  );
  return () => {
    ending.abort();
    unsubscribe();
    gatherer.stop();
    stop();
  };
}
