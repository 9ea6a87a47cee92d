import type { Folder } from './folder-tree.ts';

export interface Proof {
  /** A look found a change of which no event has told yet. */
  found(folder: Folder): void;
  /** An event told of the folder. */
  heard(folder: Folder): void;
  forget(): void;
}

/** Calls `onUnheard` when a change was found that no event tells for `withinMs`. */
export function proveEvents(withinMs: number, onUnheard: (folder: Folder) => void): Proof {
  const waiting = new Map<Folder, NodeJS.Timeout>();

  function heard(folder: Folder): void {
    clearTimeout(waiting.get(folder));
    waiting.delete(folder);
  }

  return {
    found(folder) {
      // What has other names may be changed through one that lies elsewhere, and events do not tell that.
      if (folder.shared || waiting.has(folder)) return;
      waiting.set(
        folder,
        setTimeout(() => {
          waiting.delete(folder);
          if (!folder.dropped) onUnheard(folder);
        }, withinMs),
      );
    },
    heard,
    forget() {
      for (const folder of waiting.keys()) heard(folder);
    },
  };
}
