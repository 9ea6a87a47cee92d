import { basename, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { AppError } from '../domain/app-error.ts';
import type { SourceRules } from '../domain/import.ts';

/** What nobody wants in a catalog: recycle bins, previews and caches of other tools, the droppings of file systems. */
const DEFAULT_EXCLUDES = [
  '@eaDir',
  '#recycle',
  '#snapshot',
  '@Recycle',
  '@Recently-Snapshot',
  '$RECYCLE.BIN',
  'RECYCLER',
  'System Volume Information',
  'lost+found',
  '.Trash*',
  '.thumbnails',
  '.picasaoriginals',
  '__MACOSX',
  '._*',
  'Thumbs.db',
  'desktop.ini',
  '*.lrdata',
  '*.lrcat-data',
  '*.photoslibrary/{resources,scopes,database}/**',
  'CaptureOne/Cache/**',
  'Adobe Bridge Cache*',
  'iPod Photo Cache',
  'node_modules',
];

export interface Rules {
  /** The rule that leaves this folder and all below it out, or null. `path` is below the root, as `root` is spelled. */
  ofFolder(path: string): string | null;
  /** The rule that leaves this file out, or null; rules of its folders are not asked. */
  ofFile(path: string): string | null;
  /** As `ofFile`, its folders included: for a file that no walk has met. */
  ofAny(path: string): string | null;
}

export interface RulesOptions {
  /** Take hidden files and folders. */
  hidden?: boolean;
  /** Leave out what nobody wants. */
  defaults?: boolean;
}

type Test = (below: string) => boolean;
type Named = [rule: string, test: Test];

/**
 * The rules of a source over its files; upper and lower case are the same, as on most disks. Throws INVALID_INPUT
 * naming a pattern that is none.
 */
export function createRules(root: string, { include, exclude }: SourceRules, options: RulesOptions = {}): Rules {
  const { hidden = false, defaults = true } = options;
  const excludes: Named[] = [
    ...(defaults ? DEFAULT_EXCLUDES.map((pattern): Named => [`default: ${pattern}`, compile(pattern)]) : []),
    ...exclude.map((pattern): Named => [`exclude: ${pattern}`, compile(pattern)]),
  ];
  const includes = include.map(compile);

  function below(path: string): string {
    const text = path.startsWith(root) ? path.slice(root.length) : relative(root, path);
    const slashed = sep === '\\' ? text.replaceAll('\\', '/') : text;
    return slashed.startsWith('/') ? slashed.slice(1) : slashed;
  }

  function excluded(inside: string): string | null {
    const found = excludes.find(([, test]) => test(inside));
    if (found) return found[0];
    return !hidden && inside.slice(inside.lastIndexOf('/') + 1).startsWith('.') ? 'hidden' : null;
  }

  function ofFolder(path: string): string | null {
    return excluded(below(path));
  }

  function ofFile(path: string): string | null {
    const inside = below(path);
    // A source that is one file has nothing below it: its own name is asked.
    const asked = inside === '' ? basename(path) : inside;
    return excluded(asked) ?? (includes.length === 0 || includes.some((test) => test(asked)) ? null : 'not included');
  }

  return {
    ofFolder,
    ofFile,
    ofAny(path) {
      const parts = below(path).split('/');
      for (let n = 1; n < parts.length; n++) {
        const rule = excluded(parts.slice(0, n).join('/'));
        if (rule) return rule;
      }
      return ofFile(path);
    },
  };
}

/** Without a slash the pattern is of a name at any depth, as in .gitignore; with one, of a path below the root. */
function compile(pattern: string): Test {
  const plain = pattern.replace(/^\//, '').replace(/\/$/, '');
  const ofName = !pattern.replace(/\/$/, '').includes('/');
  try {
    const matches = picomatch(plain, { dot: true, nocase: true });
    return ofName ? (inside) => matches(inside.slice(inside.lastIndexOf('/') + 1)) : (inside) => matches(inside);
  } catch (error) {
    throw new AppError('INVALID_INPUT', `"${pattern}" is no pattern: ${(error as Error).message}`, { cause: error });
  }
}
