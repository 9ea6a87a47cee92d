import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { SourceRules } from '../../src-core/domain/import.ts';

/** A picture that a folder holds and its rules want, as it is on disk. */
export interface Picture {
  path: string;
  bytes: number;
  mtimeMs: number;
  contentHash: string;
}

export interface Listing {
  /** By path, which is the canonical name too: months happen in plain ASCII, on POSIX. */
  pictures: Map<string, Picture>;
  /** Files that get a line though no picture is taken from them: hidden ones, notes, sidecars, those ruled out. */
  others: Set<string>;
  /** Titles that sidecars of one very picture (`a.jpg.xmp`) give, by the picture's path. */
  titles: Map<string, string>;
  /** Whether a rule leaves this file out, or a folder that it lies in. */
  isRuledOut(path: string): boolean;
}

/**
 * What a catalog must hold, told without any code of the program: plain recursion and SHA-256. Knows the patterns that
 * months use (`*` within one name; a trailing slash means nothing), none of the program's default rules.
 */
export async function listFolder(root: string, rules: SourceRules): Promise<Listing> {
  const pictures = new Map<string, Picture>();
  const others = new Set<string>();
  const titles = new Map<string, string>();
  const include = rules.include.map(expression);
  const exclude = rules.exclude.map(expression);

  function isOut(below: string): boolean {
    return basename(below).startsWith('.') || exclude.some((fits) => fits(below));
  }

  function isIn(below: string): boolean {
    return include.length === 0 || ancestry(below).some((at) => include.some((fits) => fits(at)));
  }

  async function visit(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const below = path.slice(root.length + 1);
      if (entry.isDirectory()) {
        if (!isOut(below)) await visit(path);
      } else if (isOut(below) || !isIn(below) || !['.jpg', '.png'].includes(extname(path))) {
        others.add(path);
        const title = extname(path) === '.xmp' && !isOut(below) && isIn(below) ? await titleIn(path) : undefined;
        if (title !== undefined) titles.set(path.slice(0, -'.xmp'.length), title);
      } else {
        const bytes = await readFile(path);
        const contentHash = createHash('sha256').update(bytes).digest('hex');
        pictures.set(path, { path, bytes: bytes.length, mtimeMs: (await stat(path)).mtimeMs, contentHash });
      }
    }
  }

  await visit(root);
  return {
    pictures,
    others,
    titles,
    isRuledOut(path) {
      const below = path.slice(root.length + 1);
      return ancestry(below).some(isOut) || !isIn(below);
    },
  };
}

async function titleIn(path: string): Promise<string | undefined> {
  return /x-default">([^<]*)</.exec(await readFile(path, 'utf8'))?.[1];
}

/** `a/b/c` → `a/b/c`, `a/b`, `a`. */
function ancestry(below: string): string[] {
  const parts = below.split('/');
  return parts.map((_, n) => parts.slice(0, parts.length - n).join('/'));
}

function expression(pattern: string): (below: string) => boolean {
  const plain = pattern.replace(/\/$/, '');
  const escaped = plain.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`).replaceAll('*', '[^/]*');
  const whole = new RegExp(`^${escaped}$`, 'i');
  return plain.includes('/') ? (below) => whole.test(below) : (below) => whole.test(basename(below));
}
