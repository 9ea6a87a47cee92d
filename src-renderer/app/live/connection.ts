/** Of the event stream. `since`: ms since the epoch, when it was lost; `error`: what was met last. */
export type ConnectionState =
  { kind: 'connecting' } | { kind: 'connected' } | { kind: 'reconnecting'; since: number; error: unknown };

export interface Connection {
  get(): ConnectionState;
  set(state: ConnectionState): void;
  subscribe(listener: () => void): () => void;
  /** Do not wait for the next try. */
  retryNow(): void;
  /** Called by whoever waits for it; answers how to stop listening. */
  onRetryNow(listener: () => void): () => void;
}

export function createConnection(): Connection {
  let state: ConnectionState = { kind: 'connecting' };
  const listeners = new Set<() => void>();
  const retries = new Set<() => void>();
  return {
    get: () => state,
    set(next) {
      if (next.kind === state.kind && next.kind !== 'reconnecting') return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => listen(listeners, listener),
    retryNow: () => {
      for (const retry of retries) retry();
    },
    onRetryNow: (listener) => listen(retries, listener),
  };
}

function listen(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
