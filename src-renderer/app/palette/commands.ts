import { useEffect, useSyncExternalStore } from 'react';

/** One thing that the palette offers. */
export interface Command {
  id: string;
  label: string;
  /** More words that it is found by. */
  keywords?: string;
  run(): void;
}

let commands: readonly Command[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Command[]): void {
  commands = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Offers commands while the caller is shown. Keep the list stable: at module scope, or by useMemo. */
export function useCommands(own: readonly Command[]): void {
  useEffect(() => {
    change([...commands, ...own]);
    return () => change(commands.filter((command) => !own.includes(command)));
  }, [own]);
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, () => commands);
}
