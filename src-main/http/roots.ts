import { realpath } from 'node:fs/promises';
import { AppError } from '../../src-core/domain/app-error.ts';
import { isUnder } from '../../src-core/domain/identity.ts';
import { canonicalNameOf, placeOf, type SharedFolder } from '../../src-core/domain/path-map.ts';

export interface Roots {
  /**
   * Where a path that a program names lies on this machine, and the root that it lies under, links resolved where it can
   * be seen from here: another machine may be the one that sees it, and its worker checks again. Throws PATH_OUTSIDE_ROOT.
   */
  check(path: string): Promise<{ path: string; root: string }>;
}

export interface RootsOptions {
  /** Absolute folders; the workers of this host are told the same. */
  allowed: readonly string[];
  /** Where none are: what the operator has imported from, which may grow. */
  imported: () => Promise<readonly string[]>;
  /** A program may name a file as the fleet does. */
  folders: readonly SharedFolder[];
}

export function createRoots({ allowed, imported, folders }: RootsOptions): Roots {
  return {
    async check(named) {
      const path = placeOf(canonicalNameOf(named), folders, named) ?? named;
      const name = canonicalNameOf(path);
      for (const root of allowed.length > 0 ? allowed : await imported()) {
        if (isUnder(name, canonicalNameOf(root)) && (await staysIn(root, path))) return { path, root };
      }
      throw new AppError(
        'PATH_OUTSIDE_ROOT',
        `"${named}" lies in no folder that this server may read; start it with --allow-root FOLDER, or import the folder`,
      );
    },
  };
}

async function staysIn(root: string, path: string): Promise<boolean> {
  const [realRoot, real] = await Promise.all([resolved(root), resolved(path)]);
  return realRoot === null || real === null || isUnder(canonicalNameOf(real), canonicalNameOf(realRoot));
}

async function resolved(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch {
    return null; // not of this machine, or gone
  }
}
