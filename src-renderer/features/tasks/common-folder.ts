/** The deepest folder that all paths lie in, without a slash at its end; empty where they share none. */
export function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths.map((path) => path.replace(/[\\/][^\\/]*$/, ''));
  let length = first.length;
  for (const other of others) {
    while (length > 0 && !isBelow(other, first.slice(0, length))) length = lastSlash(first.slice(0, length));
  }
  return first.slice(0, Math.max(length, 0));
}

function isBelow(folder: string, top: string): boolean {
  return folder.startsWith(top) && /^(?:[\\/]|$)/.test(folder.slice(top.length));
}

function lastSlash(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}
