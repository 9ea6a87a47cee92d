import { folderOfPath } from '../../lib/path-names.ts';
import type { Duplicate } from './which.ts';

type Paths = { pictures: readonly Pick<Duplicate, 'path'>[] };

/** The folder of a picture: whole where all of the group lie in one, else from the last folder on that they share. */
export function folderIn({ pictures }: Paths, { path }: Pick<Duplicate, 'path'>): string {
  const own = partsOf(path);
  const all = pictures.map((picture) => partsOf(picture.path));
  const same = own.findIndex((part, n) => all.some((parts) => parts[n] !== part));
  const isOne = same < 0 && all.every((parts) => parts.length === own.length);
  const shared = same < 0 ? own.length : same;
  if (isOne || shared < 2) return folderOfPath(path) ?? path;
  return `…${own.slice(shared - 1).join('')}`;
}

/** Of `/photos/2024/a.jpg`: `/photos`, `/2024`. */
function partsOf(path: string): string[] {
  return (folderOfPath(path) ?? '').match(/[/\\]?[^/\\]+/g) ?? [];
}
