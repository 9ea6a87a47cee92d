import { useSyncExternalStore } from 'react';

/** What was dropped to be imported. A browser tells names and bytes of it, never where it lies. */
export interface Dropped {
  name: string;
  kind: 'folder' | 'file';
  /** Names of some of what lies in a folder: so many as the browser tells at once. It is never read whole. */
  inside: readonly string[];
  /** Reads it, for what has to be sent to the server. */
  entry: FileSystemEntry;
}

let dropped: readonly Dropped[] = [];
const listeners = new Set<() => void>();

export function setDropped(next: readonly Dropped[]): void {
  dropped = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What waits to be imported, until `setDropped([])`. */
export function useDropped(): readonly Dropped[] {
  return useSyncExternalStore(subscribe, () => dropped);
}

/** To be called while the drop is handled: the transfer is empty afterwards. */
export function readDropped({ items }: DataTransfer): Promise<Dropped[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return Promise.all(
    entries.map(async (entry) => ({
      name: entry.name,
      entry,
      kind: entry.isDirectory ? ('folder' as const) : ('file' as const),
      inside: entry.isDirectory ? await firstNames(entry as FileSystemDirectoryEntry) : [],
    })),
  );
}

/** One batch, at most a hundred: a folder of a hundred thousand files is not listed in the page. */
function firstNames(folder: FileSystemDirectoryEntry): Promise<string[]> {
  return new Promise((answer) =>
    folder.createReader().readEntries(
      (entries) => answer(entries.map(({ name }) => name)),
      () => answer([]), // it cannot be listed: its own name has to do
    ),
  );
}
