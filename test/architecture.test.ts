import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { ARCHITECTURE, type Rule } from './architecture.ts';

const root = resolve(import.meta.dirname, '..');

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** Every module that a file names: static imports, re-exports, and dynamic imports of a literal. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const literals = dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start, moduleRequest.end));
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...literals.flatMap((literal) => /^(['"])(.+)\1$/.exec(literal)?.[2] ?? []),
  ];
}

/** The rule whose path is the longest that holds the file. */
function ruleOf(file: string): Rule | undefined {
  return ARCHITECTURE.filter((rule) => file === rule.path || file.startsWith(`${rule.path}/`)).toSorted(
    (a, b) => b.path.length - a.path.length,
  )[0];
}

function forbidden(file: string, specifier: string, rule: Rule): string | null {
  if (specifier.startsWith('node:')) return rule.node === false ? `${specifier} (no Node here)` : null;
  if (!specifier.startsWith('.')) {
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    return rule.packages.includes(name) ? null : `package ${name}`;
  }
  const target = relative(root, resolve(root, dirname(file), specifier));
  const home = ruleOf(target);
  if (home?.path === rule.path) return null;
  return rule.imports.some((path) => target === path || target.startsWith(`${path}/`)) ? null : target;
}

const files = ['src-core', 'src-main', 'src-worker', 'src-renderer'].flatMap(sourceFiles);

describe('imports point one way', () => {
  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  it('has a rule for every file', () => {
    expect(files.filter((file) => !ruleOf(file))).toEqual([]);
  });

  it.each(ARCHITECTURE.map((rule) => [rule.path, rule] as const))('%s imports only what it may', (_path, rule) => {
    const wrong = files
      .filter((file) => ruleOf(file) === rule)
      .flatMap((file) =>
        importsOf(file).flatMap((specifier) => {
          const problem = forbidden(file, specifier, rule);
          return problem ? [`${file} imports ${problem}`] : [];
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('sees a wrong import', () => {
    const domain = ARCHITECTURE.find((rule) => rule.path === 'src-core/domain');
    expect(domain && forbidden('src-core/domain/task.ts', '../ports/embedder.ts', domain)).toBe(
      'src-core/ports/embedder.ts',
    );
    expect(domain && forbidden('src-core/domain/task.ts', 'sharp', domain)).toBe('package sharp');
  });
});

it('keeps file names in kebab case', () => {
  expect(files.filter((file) => !/^[a-z0-9./-]+$/.test(file))).toEqual([]);
});
