import type { LiveEvent } from '../../../src-core/contract/queue-events.ts';

/** Events that were gathered; at most seven batches a second. */
export type LiveBatch = readonly LiveEvent[];

/** Tells pages what has happened, for what is no query of theirs. */
export interface LiveHub {
  tell(batch: LiveBatch): void;
  subscribe(listener: (batch: LiveBatch) => void): () => void;
}

export function createLiveHub(): LiveHub {
  const listeners = new Set<(batch: LiveBatch) => void>();
  return {
    tell: (batch) => {
      for (const listener of listeners) listener(batch);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
