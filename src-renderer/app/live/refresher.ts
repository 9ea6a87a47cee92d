/** Runs what was asked for, each name at most once in its own time: the first at once, the last of a burst never lost. */
export function createRefresher(run: (name: string) => void) {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const again = new Set<string>();

  function due(name: string, everyMs: number): void {
    timers.delete(name);
    if (again.delete(name)) ask(name, everyMs);
  }

  function ask(name: string, everyMs: number): void {
    if (timers.has(name)) return void again.add(name);
    timers.set(
      name,
      setTimeout(() => due(name, everyMs), everyMs),
    );
    run(name);
  }

  return {
    ask,
    stop(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      again.clear();
    },
  };
}
