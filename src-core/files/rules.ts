import { basename, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { AppError } from '../domain/app-error.ts';
import { DEFAULT_EXCLUDES } from '../domain/default-excludes.ts';
import type { SourceRules } from '../domain/import.ts';

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

/**
 * The rules of a source over its files; upper and lower case are the same, as on most disks. Throws INVALID_INPUT
 * naming a pattern that is none.
 */
export function createRules(root: string, { include, exclude }: SourceRules, options: RulesOptions = {}): Rules {
  const { hidden = false, defaults = true } = options;
  const excludes = [
    firstOf(defaults ? DEFAULT_EXCLUDES : [], 'default: '),
    firstOf(exclude, 'exclude: '),
    (inside: string) => (!hidden && nameOf(inside).startsWith('.') ? 'hidden' : null),
  ];
  const includes = include.map(compile);

  function below(path: string): string {
    const text = path.startsWith(root) ? path.slice(root.length) : relative(root, path);
    const slashed = sep === '\\' ? text.replaceAll('\\', '/') : text;
    return slashed.startsWith('/') ? slashed.slice(1) : slashed;
  }

  function excluded(inside: string): string | null {
    for (const test of excludes) {
      const rule = test(inside);
      if (rule !== null) return rule;
    }
    return null;
  }

  function ofFolder(path: string): string | null {
    return excluded(below(path));
  }

  function ofFile(path: string): string | null {
    const inside = below(path);
    // A source that is one file has nothing below it: its own name is asked.
    const asked = inside === '' ? basename(path) : inside;
    return excluded(asked) ?? (includes.length === 0 || included(asked) ? null : 'not included');
  }

  /** By itself, or because a folder that it lies in is. */
  function included(inside: string): boolean {
    for (let at = inside; ; at = at.slice(0, at.lastIndexOf('/'))) {
      if (includes.some((test) => test(at))) return true;
      if (!at.includes('/')) return false;
    }
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

function nameOf(inside: string): string {
  return inside.slice(inside.lastIndexOf('/') + 1);
}

function isPlain(pattern: string): boolean {
  return /^[\w .@#$-]+\/?$/.test(pattern);
}

/** The first pattern that fits, or null. Most are plain names, and a walk asks millions of times: those are looked up. */
function firstOf(patterns: readonly string[], prefix: string): (inside: string) => string | null {
  const names = new Map(patterns.filter(isPlain).map((pattern) => [pattern.replace(/\/$/, '').toLowerCase(), pattern]));
  const tests = patterns.filter((pattern) => !isPlain(pattern)).map((pattern) => [pattern, compile(pattern)] as const);
  return (inside) => {
    const found = names.get(nameOf(inside).toLowerCase()) ?? tests.find(([, test]) => test(inside))?.[0];
    return found === undefined ? null : prefix + found;
  };
}

/** Without a slash the pattern is of a name at any depth, as in .gitignore; with one, of a path below the root. */
function compile(pattern: string): Test {
  const plain = pattern.replace(/^\//, '').replace(/\/$/, '');
  const ofName = !pattern.replace(/\/$/, '').includes('/');
  try {
    const matches = picomatch(plain, { dot: true, nocase: true });
    return ofName ? (inside) => matches(nameOf(inside)) : (inside) => matches(inside);
  } catch (error) {
    throw new AppError('INVALID_INPUT', `"${pattern}" is no pattern: ${(error as Error).message}`, { cause: error });
  }
}
