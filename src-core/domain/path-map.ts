import { z } from 'zod';
import { AppError } from './app-error.ts';
import { canonicalName, isUnder } from './identity.ts';

/** A folder that several machines share: what the fleet calls it, and where it lies on this machine. */
export interface SharedFolder {
  /** Canonical name, the same on every machine: `/mnt/catalog`, `Z:/catalog`, `//nas/catalog`. */
  shared: string;
  /** Absolute, as this machine opens it. */
  here: string;
}

export const sharedFolder = z.object({ shared: z.string().min(1), here: z.string().min(1) });

const WINDOWS = /^(?:[a-z]:[\\/]|[\\/]{2}[^\\/])/i;

/** Whether a path is absolute on some system: `/a`, `C:\a`, `\\nas\a`. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || WINDOWS.test(path);
}

/** The canonical name of an absolute path of whatever system: `C:\a` and `\\nas\a` are paths of Windows. */
export function canonicalNameOf(path: string): string {
  return canonicalName(path, WINDOWS.test(path) ? 'win32' : 'linux');
}

/**
 * Reads `SHARED=HERE`: the folder that the fleet calls SHARED lies on this machine at HERE. Either may be of Windows or
 * of POSIX. Throws INVALID_SETTINGS.
 */
export function parseSharedFolder(text: string): SharedFolder {
  const at = text.indexOf('=');
  const [shared, here] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || !isAbsolutePath(shared) || !isAbsolutePath(here)) {
    throw new AppError(
      'INVALID_SETTINGS',
      `paths.map: "${text}" must look like SHARED=HERE with two absolute folders, such as /mnt/catalog=/data/catalog`,
    );
  }
  return { shared: canonicalNameOf(shared), here };
}

/**
 * Where a shared name lies on this machine; null when no shared folder covers it. The innermost folder decides. `spelled`
 * is the path as its producer wrote it: a name is Unicode NFC, the file's own may not be.
 */
export function placeOf(name: string, folders: readonly SharedFolder[], spelled: string = name): string | null {
  const folder = innermost(folders, ({ shared }) => isUnder(name, shared), 'shared');
  if (!folder) return null;
  const { shared, here } = folder;
  const parts = name.slice(shared.length).split('/').filter(Boolean);
  if (parts.length === 0) return here;
  const separator = WINDOWS.test(here) && here.includes('\\') ? '\\' : '/';
  return [here.replace(/[\\/]+$/, ''), ...asSpelled(parts, spelled)].join(separator);
}

function asSpelled(parts: readonly string[], path: string): readonly string[] {
  const own = path.split(WINDOWS.test(path) ? /[\\/]/ : '/').slice(-parts.length);
  return own.every((part, at) => part.normalize('NFC') === parts[at]) ? own : parts;
}

/** The shared name of what this machine calls `name` (canonical); null when it lies in no shared folder. */
export function sharedNameOf(name: string, folders: readonly SharedFolder[]): string | null {
  const places = folders.map(({ shared, here }) => ({ shared, here: canonicalNameOf(here) }));
  const folder = innermost(places, ({ here }) => isUnder(name, here), 'here');
  if (!folder) return null;
  const rest = name.slice(folder.here.length).replace(/^\//, '');
  return rest === '' ? folder.shared : `${folder.shared.replace(/\/$/, '')}/${rest}`;
}

function innermost<K extends keyof SharedFolder>(
  folders: readonly SharedFolder[],
  covers: (folder: SharedFolder) => boolean,
  by: K,
): SharedFolder | undefined {
  return folders.filter(covers).toSorted((a, b) => b[by].length - a[by].length)[0];
}
