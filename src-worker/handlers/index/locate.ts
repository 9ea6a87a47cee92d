import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { AppError } from '../../../src-core/domain/app-error.ts';
import type { IndexPayload } from '../../../src-core/domain/index-task.ts';
import { machineOf } from '../../../src-core/domain/naming.ts';
import { parseSharedFolder, placeOf } from '../../../src-core/domain/path-map.ts';
import type { Settings } from '../../../src-core/settings/schema.ts';

/** A picture's file on this machine. `root`: what its path, links resolved, must not leave. */
export interface Place {
  path: string;
  root: string | null;
}

export type Locate = (payload: IndexPayload) => Promise<Place>;

/**
 * Finds the files of tasks on this machine, whoever made them. What another machine named by a path of its own, and what
 * lies under none of the allowed roots, is not for this worker: SOURCE_UNAVAILABLE, by which it goes to another one.
 */
export function createLocate(paths: Settings['paths'], machine: string): Locate {
  const folders = paths.map.map(parseSharedFolder);
  const roots = paths.allowRoots.map((root) => resolve(root));
  const inside = new Map<string, Promise<boolean>>();

  function place({ path, canonicalName: name, root, rootName, machine: producer }: IndexPayload): Place {
    const here = placeOf(name, folders, path);
    if (here !== null) return { path: here, root: placeOf(rootName ?? '', folders, root ?? '') ?? rootOf(name) };
    const owner = machineOf(name) ?? producer;
    if (owner !== undefined && owner !== machine) {
      throw unseen(`${path} is a path of ${owner}; where machines share its folder, name it with --path-map`);
    }
    if (!isAbsolute(path)) throw unseen(`${path} is no path of this system`);
    return { path, root };
  }

  /** The shared folder itself, on this machine. */
  function rootOf(name: string): string | null {
    const covering = folders.filter(({ shared }) => placeOf(name, [{ shared, here: '/' }]) !== null);
    return covering.toSorted((a, b) => b.shared.length - a.shared.length)[0]?.here ?? null;
  }

  async function allowed({ path, root }: Place): Promise<Place> {
    const covering = roots.find((folder) => isBelow(resolve(path), folder));
    if (covering === undefined) throw unseen(`${path} lies under none of the folders that this worker may read`);
    if (root === null || !isBelow(resolve(root), covering)) return { path, root: covering };
    // The file is held inside its root by who reads it; the root itself may be a link.
    const key = `${root}\0${covering}`;
    let known = inside.get(key);
    if (!known) {
      known = leadsInside(root, covering);
      inside.set(key, known);
    }
    if (await known) return { path, root };
    throw new AppError('PATH_OUTSIDE_ROOT', `${root} leads outside ${covering}, which is all that may be read`);
  }

  return async (payload) => {
    const found = place(payload);
    return roots.length === 0 ? found : allowed(found);
  };
}

async function leadsInside(root: string, folder: string): Promise<boolean> {
  try {
    return isBelow(await realpath(root), await realpath(folder));
  } catch {
    return true; // it is not there: reading the file says so
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function unseen(message: string): AppError {
  return new AppError('SOURCE_UNAVAILABLE', message);
}
