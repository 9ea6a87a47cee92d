/**
 * Hands on what comes in, together: the first at once, so that one event is on the screen without a wait, and then at most
 * every `everyMs`, however much there is.
 */
export function createGatherer<T>(everyMs: number, flush: (items: readonly T[]) => void) {
  let items: T[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;

  function run(): void {
    timer = null;
    if (items.length === 0) return;
    const all = items;
    items = [];
    timer = setTimeout(run, everyMs);
    flush(all);
  }

  return {
    add(item: T): void {
      items.push(item);
      if (timer === null) timer = setTimeout(run, 0);
    },
    stop(): void {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      items = [];
    },
  };
}
