/** `path` with the folder `from` replaced by `to`; undefined for a path that does not lie there. */
export function replacePrefix(path: string, { from, to }: { from: string; to: string }): string | undefined {
  const [before, after] = [from, to].map((folder) => folder.replace(/[\\/]+$/, ''));
  const rest = path.slice(before!.length);
  return path.startsWith(before!) && /^(?:[\\/]|$)/.test(rest) ? `${after}${rest}` : undefined;
}
