import { useEffect } from 'react';

/** The pages behind those that are loaded. */
export interface MoreRows {
  hasMore: boolean;
  isLoading: boolean;
  load(): void;
}

/** Rows before the end at which the next page is asked for. */
const AHEAD = 100;

export function useMore(more: MoreRows | undefined, lastShown: number, count: number): void {
  const isNear = more !== undefined && more.hasMore && !more.isLoading && lastShown >= count - AHEAD;
  const load = more?.load;
  useEffect(() => {
    if (isNear) load?.();
  }, [isNear, load]);
}
