import { lstat, lstatSync, realpath } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { AppError } from '../../src-core/domain/app-error.ts';
import { isUnder } from '../../src-core/domain/identity.ts';
import { canonicalNameOf, placeOf, type SharedFolder } from '../../src-core/domain/path-map.ts';
import { rememberFor } from '../../src-core/domain/remember.ts';
import { silentFileSystem } from '../../src-core/files/file-system-kind.ts';

export interface Roots {
  /**
   * Where a path that a program names lies on this machine, and the root that it lies under, links resolved where it can
   * be seen from here: another machine may be the one that sees it, and its worker checks again. Throws PATH_OUTSIDE_ROOT.
   */
  check(path: string): Promise<{ path: string; root: string }>;
  /** Absolute folders of this machine. */
  list(): Promise<readonly string[]>;
}

export interface RootsOptions {
  /** Absolute folders; the workers of this host are told the same. */
  allowed: readonly string[];
  /** Where none are: what the operator has imported from, which may grow. */
  imported: () => Promise<readonly string[]>;
  /** Folders of the program itself that are read too, and not listed: uploads. */
  own?: readonly string[];
  /** A program may name a file as the fleet does. */
  folders: readonly SharedFolder[];
}

export function createRoots({ allowed, imported, own = [], folders }: RootsOptions): Roots {
  const list = async (): Promise<readonly string[]> => (allowed.length > 0 ? allowed : imported());

  return {
    list,

    async check(named) {
      const path = placeOf(canonicalNameOf(named), folders, named) ?? named;
      const name = canonicalNameOf(path);
      for (const root of [...(await list()), ...own]) {
        if (isUnder(name, canonicalNameOf(root)) && (await staysIn(root, path))) return { path, root };
      }
      throw new AppError(
        'PATH_OUTSIDE_ROOT',
        `"${named}" lies in no folder that this server may read; start it with --allow-root FOLDER, or import the folder`,
      );
    },
  };
}

/** The others do not tell which drives are a share. */
const isLinux = process.platform === 'linux';

/** Where folders lead to; pictures come by the thousands a second and share them. Each worker looks again. */
const folderOf = rememberFor(1_000, resolved);

async function staysIn(root: string, path: string): Promise<boolean> {
  // The root itself lies in a folder that is none.
  const isFile = isOrdinary(path) && canonicalNameOf(path) !== canonicalNameOf(root);
  const [realRoot, real] = await Promise.all([folderOf(root), isFile ? folderOfFile(path) : resolved(path)]);
  return realRoot === null || real === null || isUnder(canonicalNameOf(real), canonicalNameOf(realRoot));
}

/**
 * Whether the folder can be asked without waiting: on a drive of this machine, and there a moment ago. A server must not
 * stand still with a share that hangs.
 */
const answersAtOnce = rememberFor(1_000, async (folder) => {
  return isLinux && (await silentFileSystem(folder)) === null && (await resolved(folder)) !== null;
});

/** Whether its last part is the name of something, on this machine. */
function isOrdinary(path: string): boolean {
  return isAbsolute(path) && !['', '.', '..'].includes(basename(path)) && !path.endsWith('/');
}

/** The folder that the file lies in; where the file itself is a link, what that leads to. */
async function folderOfFile(path: string): Promise<string | null> {
  const folder = dirname(path);
  const isLink = (await answersAtOnce(folder)) ? isSymbolicLinkNow(path) : await isSymbolicLink(path);
  return isLink ? resolved(path) : folderOf(folder);
}

/** A tenth of the asynchronous call, which is most of what enqueueing costs. */
function isSymbolicLinkNow(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}

// The promises of node:fs cost twice as much.

function isSymbolicLink(path: string): Promise<boolean> {
  return new Promise((answer) => lstat(path, (error, stats) => answer(!error && stats.isSymbolicLink())));
}

/** Null: not of this machine, or gone. */
function resolved(path: string): Promise<string | null> {
  return new Promise((answer) => realpath.native(path, (error, real) => answer(error ? null : real)));
}
