/** Of the machine of the server, whose kind the console does not know: both separators part. A root keeps its own. */
const LAST_PART = /[/\\][^/\\]+[/\\]?$/;

/** The last part: of `/photos/2024` it is `2024`; of a root, the root. */
export function nameOfPath(path: string): string {
  return /([^/\\]+)[/\\]?$/.exec(path)?.[1] ?? path;
}

/** The folder that it lies in; null for a root. */
export function folderOfPath(path: string): string | null {
  const found = LAST_PART.exec(path);
  if (!found) return null;
  const folder = path.slice(0, found.index);
  if (folder === '') return path.slice(0, 1);
  return /^[a-z]:$/i.test(folder) ? `${folder}\\` : folder;
}

/** Whether a path is whole, on whatever system: `/a`, `C:\a`, `\\nas\a`. */
export function isWholePath(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path);
}
