/**
 * The file of a thread that lies beside `from`, the module that starts it: a source when run from sources; when bundled, an entry of its own in
 * `out/main`, seen from there or from a chunk in `out/main/chunks`.
 */
export function threadEntry(name: string, from: string): URL {
  if (from.endsWith('.ts')) return new URL(`${name}.ts`, from);
  const folder = new URL('.', from);
  return new URL(folder.pathname.endsWith('/chunks/') ? `../${name}.js` : `${name}.js`, folder);
}
