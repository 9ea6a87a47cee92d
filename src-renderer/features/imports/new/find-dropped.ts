import type { Answers } from '../../../app/client.ts';
import type { Dropped as DroppedEntry } from '../../../app/drop/dropped.ts';
import { folderOfPath } from '../../../lib/path-names.ts';

type Dropped = Pick<DroppedEntry, 'name' | 'kind' | 'inside'>;
type Listing = Answers['folders']['browse'];
type Browse = (path: string | undefined) => Promise<Listing>;

/** Folders that are looked into at most, some at a time: whoever has more chooses by hand. */
const MOST_FOLDERS = 400;
const AT_ONCE = 8;

export interface Found {
  /** What can be imported for it, on the server. */
  paths: string[];
  /** Names of what was found nowhere. */
  missing: string[];
}

/**
 * Looks for what was dropped in the folders that the server may read, those near the roots first. A folder is known by its
 * name and by what lies in it, a file by its name; several files stand for the folder that they lie in.
 */
export async function findDropped(dropped: readonly Dropped[], browse: Browse, signal: AbortSignal): Promise<Found> {
  const places = new Map<string, string>();
  const open = (): readonly Dropped[] => dropped.filter(({ name }) => !places.has(name));
  let level = (await browse(undefined)).entries.map(({ path }) => path);
  let looked = 0;

  /** The roots may be what was dropped, and so may be what lies in a folder. */
  async function match(entries: Listing['entries']): Promise<void> {
    for (const one of open()) {
      const alike = entries.filter(
        ({ name, path, kind }) =>
          (name === one.name || lastName(path) === one.name) && (kind === 'folder') === (one.kind === 'folder'),
      );
      for (const { path } of alike) if (await holds(path, one)) places.set(one.name, path);
    }
  }

  async function holds(path: string, { kind, inside }: Dropped): Promise<boolean> {
    if (kind === 'file') return true;
    const { entries, truncated } = await browse(path).catch(() => ({ entries: [], truncated: false }));
    if (truncated || inside.length === 0) return true;
    const names = new Set(inside);
    // Files of other kinds are not told by the server.
    return entries.length === 0 || entries.some(({ name }) => names.has(name));
  }

  await match((await browse(undefined)).entries);
  while (level.length > 0 && looked < MOST_FOLDERS && open().length > 0 && !signal.aborted) {
    const now = level.slice(0, AT_ONCE);
    looked += now.length;
    const listings = await Promise.all(now.map((path) => browse(path).catch(() => null)));
    const entries = listings.flatMap((listing) => listing?.entries ?? []);
    await match(entries);
    level = [...level.slice(AT_ONCE), ...entries.filter(({ kind }) => kind === 'folder').map(({ path }) => path)];
  }
  return { paths: pathsOf(dropped, places), missing: open().map(({ name }) => name) };
}

function pathsOf(dropped: readonly Dropped[], places: ReadonlyMap<string, string>): string[] {
  const files = dropped.filter(({ kind }) => kind === 'file').length;
  const paths = dropped.flatMap(({ name, kind }) => {
    const path = places.get(name);
    if (path === undefined) return [];
    return [kind === 'file' && files > 1 ? (folderOfPath(path) ?? path) : path];
  });
  return [...new Set(paths)];
}

function lastName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}
