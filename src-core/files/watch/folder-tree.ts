import { dirname } from 'node:path';
import type { Scope } from '../walk.ts';
import type { Steps } from './pace.ts';
import { lookAtTop, readFolder, type FolderLook, type LinkedFolder } from './read-folder.ts';

/** What is remembered of a folder: memory grows with folders, not with files. */
export interface Folder {
  readonly path: string;
  readonly parent: Folder | null;
  readonly children: Map<string, Folder>;
  identity: string;
  device: bigint;
  stamp: string;
  /** Of its last look; empty when it could not be read. */
  print: string;
  /** It changed so shortly before it was looked at that another change may carry the same time. */
  fresh: boolean;
  shared: boolean;
  /** Number of the look that is remembered. */
  lookedAt: number;
  /** No longer part of the tree. */
  dropped: boolean;
}

export interface FolderTreeOptions {
  root: string;
  isLeftOut(folder: string): boolean;
  followLinks: boolean;
  /** Something in the folder is not as it was; deep: nor need anything below it be. */
  onTouched(touched: Scope, folder: Folder): void;
  /** A folder became part of the tree; it has not been listed yet. May throw. */
  onAdopted(folder: Folder): void;
  onDropped(folder: Folder): void;
}

/** Coarsest time that a file system keeps (FAT: 2 s), and something for clocks that differ, ms. */
const COARSEST_MS = 2_500;
const PEEKS_IN_STEP = 64;

/**
 * The folders under a root and what they looked like. All work comes in steps; between them others may work on the same
 * tree: every comparison and its consequence lie within one step.
 */
export function createFolderTree(options: FolderTreeOptions) {
  const { root, isLeftOut, followLinks, onTouched, onAdopted, onDropped } = options;
  const folders = new Map<string, Folder>();
  /** Identities, so that a folder with links to it is walked once; only kept where links are followed. */
  const identities = new Map<string, Folder>();
  let looks = 0;

  function drop(folder: Folder): void {
    if (folder.dropped) return;
    for (const child of folder.children.values()) drop(child);
    folder.dropped = true;
    folder.parent?.children.delete(folder.path);
    folders.delete(folder.path);
    if (identities.get(folder.identity) === folder) identities.delete(folder.identity);
    onDropped(folder);
  }

  function add(path: string, parent: Folder | null): Folder | null {
    const top = lookAtTop(path);
    if (typeof top === 'string') return null;
    const { identity, device, stamp } = top;
    const folder: Folder = {
      path,
      parent,
      identity,
      device,
      stamp,
      children: new Map(),
      print: '',
      fresh: true,
      shared: false,
      lookedAt: 0,
      dropped: false,
    };
    folders.set(path, folder);
    parent?.children.set(path, folder);
    if (followLinks) identities.set(identity, folder);
    onAdopted(folder);
    return folder;
  }

  function note(folder: Folder, look: FolderLook): void {
    const { identity, device, stamp, print, shared } = look;
    Object.assign(folder, { identity, device, stamp, print, shared });
    folder.fresh = Math.abs(Date.now() - look.newest) < COARSEST_MS;
  }

  function foldersIn(look: FolderLook): string[] {
    return look.folders.filter((path) => !isLeftOut(path));
  }

  function linksIn(look: FolderLook): LinkedFolder[] {
    return followLinks ? look.linked.filter(({ path }) => !isLeftOut(path)) : [];
  }

  /** Folders come before links to them, as in a walk: then the first name of a folder is its own. */
  function isKnownElsewhere({ path, identity }: LinkedFolder): boolean {
    const known = identities.get(identity);
    return known !== undefined && known.path !== path;
  }

  /** Takes the folder in with all below it; `onLook` sees each. Links wait until all else is in. */
  function* adopt(path: string, parent: Folder | null, onLook?: (folder: Folder, look: FolderLook) => void): Steps {
    const waiting = [{ path, parent }];
    const links: (LinkedFolder & { parent: Folder })[] = [];
    for (;;) {
      const link = waiting.length === 0 ? links.pop() : undefined;
      if (link && isKnownElsewhere(link)) continue;
      const next = link ?? waiting.pop();
      if (!next) return;
      if (next.parent?.dropped || folders.has(next.path)) continue;
      const folder = add(next.path, next.parent);
      if (!folder) continue;
      const look = yield* readFolder(folder.path);
      yield;
      if (typeof look === 'string' || folder.dropped) continue;
      note(folder, look);
      onLook?.(folder, look);
      waiting.push(...foldersIn(look).map((below) => ({ path: below, parent: folder })));
      links.push(...linksIn(look).map((below) => ({ ...below, parent: folder })));
    }
  }

  /**
   * Looks at one folder; new folders in it are taken in, others below it are not looked at. `followsFolders`: whoever told
   * of the change follows folders and not their names, which may have been swapped.
   */
  function* look(folder: Folder, followsFolders = false): Steps {
    const number = ++looks;
    const seen = yield* readFolder(folder.path);
    if (folder.dropped || seen === 'gone') return; // the look at its parent says so
    if (folder.lookedAt > number) return; // a later look was quicker
    folder.lookedAt = number;
    if (seen === 'unreadable') {
      folder.print = '';
      return;
    }
    const links = linksIn(seen).filter((link) => !isKnownElsewhere(link));
    const paths = new Set([...foldersIn(seen), ...links.map(({ path }) => path)]);
    for (const child of folder.children.values()) {
      const there = paths.has(child.path);
      if (there && !(followsFolders && isReplaced(child))) continue;
      drop(child);
      if (!there) onTouched({ folder: child.path, deep: true }, folder);
    }
    const changed = folder.print !== seen.print;
    note(folder, seen);
    if (changed) onTouched({ folder: folder.path, deep: false }, folder);
    for (const path of paths) {
      if (folders.has(path)) continue;
      yield* adopt(path, folder);
      // Only now: what is made in it from here on is seen for itself.
      if (folders.has(path)) onTouched({ folder: path, deep: true }, folder);
    }
  }

  /** Two folders may have swapped their names, and file events follow the folder, not the name. */
  function isReplaced(folder: Folder): boolean {
    const top = lookAtTop(folder.path);
    return typeof top !== 'string' && top.identity !== folder.identity;
  }

  function hasChanged({ path, stamp }: Folder): boolean {
    const top = lookAtTop(path);
    return typeof top !== 'string' && top.stamp !== stamp;
  }

  return {
    adoptAll: (onLook: (folder: Folder, look: FolderLook) => void) => adopt(root, null, onLook),
    look,
    hasChanged,
    /** The folder, or what is known of the way to it: then `below` is the first folder of that way that is not known. */
    nearest(path: string): { folder: Folder | undefined; below: string | null } {
      let below: string | null = null;
      for (let at = path; ; at = dirname(at)) {
        const folder = folders.get(at);
        if (folder || at.length <= root.length) return { folder, below };
        below = at;
      }
    },
    /** Looks at every folder. */
    *lookAtAll(followsFolders = false): Steps {
      for (const folder of folders.values()) {
        if (!folder.dropped) yield* look(folder, followsFolders);
        yield;
      }
    },
    /** Looks at those folders whose own times have changed: sees what was made, removed or renamed, not what was rewritten. */
    *peekAtAll(): Steps {
      let peeks = 0;
      for (const folder of folders.values()) {
        if (!folder.dropped && (folder.fresh || hasChanged(folder))) yield* look(folder);
        if (++peeks % PEEKS_IN_STEP === 0) yield;
      }
    },
    clear(): void {
      const top = folders.get(root);
      if (top) drop(top);
    },
  };
}
