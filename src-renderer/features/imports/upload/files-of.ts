/** A file that can be sent. Its bytes are opened when its turn comes. */
export interface Sendable {
  /** Below the set: `shoes/2024/boot.jpg`. */
  path: string;
  open(): Promise<File>;
}

/** Files below what was dropped, one after another as they are asked for: never the list of all. Hidden ones are left out. */
export async function* filesOf(entries: readonly FileSystemEntry[]): AsyncGenerator<Sendable> {
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    if (isFolder(entry)) {
      for await (const batch of batchesOf(entry)) yield* filesOf(batch);
    } else yield sendable(entry as FileSystemFileEntry);
  }
}

/** How many they are; nothing is kept of them. */
export async function countFiles(entries: readonly FileSystemEntry[], signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const _ of filesOf(entries)) {
    signal.throwIfAborted();
    count++;
  }
  return count;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function sendable(entry: FileSystemFileEntry): Sendable {
  return {
    path: entry.fullPath.slice(1),
    open: () => new Promise((done, fail) => entry.file(done, fail)),
  };
}

/** A browser gives a hundred at a time, until it gives none. */
async function* batchesOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry[]> {
  const reader = folder.createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (batch.length === 0) return;
    yield batch;
  }
}

/** Whether it may be a picture or say something of pictures. What the browser knows to be another kind is not sent. */
export function isWanted({ type }: Blob): boolean {
  return (
    type === '' ||
    type.startsWith('image/') ||
    type === 'text/csv' ||
    type === 'text/tab-separated-values' ||
    type.endsWith('xml')
  );
}
