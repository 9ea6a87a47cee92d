import { dirname } from 'node:path';
import type { Scope } from '../walk.ts';

export interface TouchedFolders {
  add(touched: Scope): void;
  /** All since the last call, each folder once and none that lies below a deep one; the whole root when they are too many. */
  take(): Scope[];
}

/** More folders than that are not worth telling apart. */
const MOST_FOLDERS = 5_000;

export function collectTouched(root: string): TouchedFolders {
  const folders = new Map<string, boolean>();
  return {
    add({ folder, deep }) {
      if (folders.size < MOST_FOLDERS) folders.set(folder, deep || folders.get(folder) === true);
      else folders.set(root, true);
    },
    take() {
      const all = [...folders].map(([folder, deep]) => ({ folder, deep }));
      const isBelowDeep = (folder: string): boolean => {
        for (let at = folder; at.length > root.length;) {
          at = dirname(at);
          if (folders.get(at) === true) return true;
        }
        return false;
      };
      const taken = all.filter(({ folder }) => !isBelowDeep(folder));
      folders.clear();
      return taken;
    },
  };
}
