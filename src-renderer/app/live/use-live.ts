import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { useConnectionStore, useLiveHub } from '../context.ts';
import type { ConnectionState } from './connection.ts';
import type { LiveBatch } from './hub.ts';

export function useConnection(): ConnectionState {
  const { subscribe, get } = useConnectionStore();
  return useSyncExternalStore(subscribe, get);
}

/** Calls `listener` with what has happened, at most seven times a second. Queries of the API need it not. */
export function useLive(listener: (batch: LiveBatch) => void): void {
  const hub = useLiveHub();
  const tell = useEffectEvent(listener);
  useEffect(() => hub.subscribe((batch) => tell(batch)), [hub]);
}
