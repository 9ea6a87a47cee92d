/**
 * Lets at most `limit` pieces of work run at once. Who asked last goes first: of pictures that are scrolled past, those
 * that stand still in the end are wanted.
 */
export function createSlots(limit: number) {
  const waiting: { start(): void }[] = [];
  let running = 0;

  function next(): void {
    while (running < limit) {
      const work = waiting.pop();
      if (!work) return;
      running++;
      work.start();
    }
  }

  return {
    /** Calls `start` when there is room. Call what it answers when that is done, or not wanted any more; twice does nothing. */
    take(start: () => void): () => void {
      let state: 'waiting' | 'running' | 'over' = 'waiting';
      const work = {
        start(): void {
          state = 'running';
          start();
        },
      };
      waiting.push(work);
      next();
      return () => {
        if (state === 'waiting') waiting.splice(waiting.indexOf(work), 1);
        if (state === 'running') running--;
        if (state === 'over') return;
        state = 'over';
        next();
      };
    },
  };
}
