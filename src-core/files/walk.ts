import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NO_RULES } from '../domain/import.ts';
import { isInside } from './is-inside.ts';
import { found, isGone, lookAtFile, lookAtLink, lookAtRoot, lookAtSidecar, unreadable, type Found } from './look.ts';
import { isPictureFile, isSidecarFile } from './picture-files.ts';
import { createRules, type Rules } from './rules.ts';

export interface WalkOptions {
  /** Which files and folders are left out; without: the hidden ones. */
  rules?: Rules;
  /** Only these folders below the root: `deep` with all below them, else only what lies in them. */
  scope?: readonly Scope[];
  /** Walk folders that symbolic links lead to, inside the root or not; each folder once. */
  followLinks?: boolean;
  signal?: AbortSignal;
  /** A folder that a rule leaves out; nothing below it is looked at. */
  onFolderLeftOut?: (path: string, rule: string) => void;
}

/** Files looked at (stat) at a time: enough to hide a network drive's latency, too few to matter elsewhere. */
const LOOKED_AT = 16;

export interface Scope {
  folder: string;
  deep: boolean;
}

/** A folder to walk. `root`: where its files must lie, links resolved. */
interface Folder {
  path: string;
  root: string;
  /** Without the folders in it. */
  shallow?: boolean;
}

/**
 * All that lies under `root` (a folder, or one file), one by one; memory does not grow with the number of files. The
 * order is the file system's, folder by folder, folders behind links last. An unreadable folder is a `failed` entry.
 * Throws SOURCE_UNAVAILABLE when the root itself cannot be read, and the signal's reason when it aborts.
 */
export async function* walk(root: string, options: WalkOptions = {}): AsyncGenerator<Found> {
  const top = await lookAtRoot(root);
  if (!top.isDirectory()) {
    yield found(root, await realpath(root), top);
    return;
  }
  // Links wait until all else is walked, so that a folder inside is walked under its own name and not under a link's.
  const real = await realpath(root);
  const rules = options.rules ?? createRules(root, NO_RULES);
  const folders: Folder[] = options.scope
    ? options.scope
        .filter(({ folder }) => folder === root || rulesOut(rules, root, folder) === null)
        .map(({ folder, deep }) => ({ path: folder, root: real, shallow: !deep }))
    : [{ path: root, root: real }];
  const links: Folder[] = [];
  const visited = options.followLinks ? new Set<string>() : null;
  for (;;) {
    const folder = folders.pop() ?? links.pop();
    if (!folder) return;
    if (visited && !(await isFirstVisit(folder.path, visited))) continue;
    yield* inOrder(walkFolder(folder, folders, links, rules, options), LOOKED_AT);
  }
}

/** An entry, or the looking at one: an async generator would await a promise, and look at one at a time. */
type Step = Found | (() => Promise<Found | null>);

/** The entries of one folder; pushes the folders in it. */
async function* walkFolder(
  folder: Folder,
  folders: Folder[],
  links: Folder[],
  rules: Rules,
  { followLinks = false, signal, onFolderLeftOut }: WalkOptions,
): AsyncGenerator<Step> {
  let illegible = false;
  try {
    for await (const entry of await opendir(folder.path, { bufferSize: 256 })) {
      signal?.throwIfAborted();
      const path = join(folder.path, entry.name);
      if (entry.name.includes('\ufffd') && !(await exists(path))) {
        illegible = true;
        continue;
      }
      if (entry.isDirectory()) {
        if (folder.shallow) continue;
        const rule = rules.ofFolder(path);
        if (rule === null) folders.push({ path, root: folder.root });
        else onFolderLeftOut?.(path, rule);
        continue;
      }
      const rule = rules.ofFile(path);
      if (rule !== null) {
        yield { kind: 'excluded', path, rule };
      } else if (entry.isSymbolicLink()) {
        yield () =>
          lookAtLink(path, folder.root, (target) => {
            if (folder.shallow) return;
            if (followLinks) links.push({ path, root: isInside(folder.root, target) ? folder.root : target });
            else onFolderLeftOut?.(path, 'link');
          });
      } else if (!entry.isFile()) {
        yield { kind: 'excluded', path, rule: 'not-a-file' };
      } else if (isSidecarFile(path)) {
        yield () => lookAtSidecar(path);
      } else if (!isPictureFile(path)) {
        yield { kind: 'excluded', path, rule: 'extension' };
      } else {
        yield () => lookAtFile(path, folder.root);
      }
    }
    if (illegible) yield* illegibleNames(folder.path);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isGone(error)) yield unreadable(folder.path, error, 'the folder cannot be read');
  }
}

/**
 * A name that is not UTF-8 cannot be opened by the text that Node makes of it. Listing everything as bytes doubles the
 * cost of a walk, so only folders that hold such a name are listed again.
 */
async function* illegibleNames(folder: string): AsyncGenerator<Found> {
  // Node's types know no listing of bytes, though its opendir has always had it.
  const entries = (await opendir(folder, { encoding: 'buffer' as BufferEncoding })) as AsyncIterable<unknown>;
  for await (const entry of entries as AsyncIterable<Dirent<Buffer>>) {
    if (isUtf8(entry.name)) continue;
    const name = entry.name
      .toString('latin1')
      .replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
    const path = join(folder, name);
    if (!entry.isDirectory() && !isPictureFile(path)) yield { kind: 'excluded', path, rule: 'extension' };
    else yield { kind: 'failed', path, code: 'FILE_UNREADABLE', message: 'the name is not valid UTF-8; rename it' };
  }
}

/** What the steps give, in their order, with at most `width` underway. */
async function* inOrder(steps: AsyncIterable<Step>, width: number): AsyncGenerator<Found> {
  const underway: (Found | Promise<Found | null>)[] = [];
  for await (const step of steps) {
    underway.push(typeof step === 'function' ? step() : step);
    if (underway.length < width) continue;
    const item = await underway.shift();
    if (item) yield item;
  }
  for (const next of underway) {
    const item = await next;
    if (item) yield item;
  }
}

async function isFirstVisit(path: string, visited: Set<string>): Promise<boolean> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    const key = `${dev}:${ino}`;
    if (visited.has(key)) return false;
    visited.add(key);
    return true;
  } catch {
    return true; // walking it says what is wrong
  }
}

/** The rule that leaves a folder out, by itself or by one above it. */
function rulesOut(rules: Rules, root: string, folder: string): string | null {
  for (let at = folder; at.length > root.length; at = dirname(at)) {
    const rule = rules.ofFolder(at);
    if (rule !== null) return rule;
  }
  return null;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
