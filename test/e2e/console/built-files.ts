import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const FOLDER = resolve(import.meta.dirname, '../../../out/renderer');

/** The scripts that the page loads before it can show anything, with their static imports: bytes after gzip. */
export function firstLoad(): { file: string; gzipped: number }[] {
  const page = readFileSync(join(FOLDER, 'index.html'), 'utf8');
  const left = [...page.matchAll(/<(?:script[^>]*src|link[^>]*modulepreload[^>]*href)="\.\/([^"]+\.js)"/g)].map(
    ([, path]) => path!,
  );
  const files = new Map<string, number>();
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (files.has(file)) continue;
    const code = readFileSync(join(FOLDER, file), 'utf8');
    files.set(file, gzipSync(code, { level: 6 }).length);
    for (const [, path] of code.matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) left.push(join(dirname(file), path!));
  }
  return [...files].map(([file, gzipped]) => ({ file, gzipped }));
}
