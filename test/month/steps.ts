import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What happens to a folder between two imports. `a` and `b` choose files and folders among those that there are. */
export interface Step {
  what: (typeof EVENTS)[number];
  a: number;
  b: number;
}

export const EVENTS = [
  ...(['edit', 'editSameSize', 'touch', 'remove', 'add', 'rename', 'renameOver', 'swap', 'chain', 'copy'] as const),
  ...(['copyKeepingTime', 'copyOver', 'hardLink', 'displace', 'renameFolder', 'nestFolder', 'removeFolder'] as const),
  ...(['aside', 'back', 'replaceFile', 'sidecar', 'removeSidecar'] as const),
];

/**
 * A folder that lives. Every content and every time that it writes is new (but for copies), so that no two files of one
 * size and time differ: which of two such files is which, nothing but reading them could tell after they swapped names.
 */
export function createFolder(root: string, aside: string) {
  let clock = 1_700_000_000;
  let serial = 0;

  async function write(path: string, content: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await stamp(path);
  }

  async function stamp(path: string): Promise<void> {
    clock += 10;
    await utimes(path, clock, clock);
  }

  async function entries(of: 'files' | 'folders', where = root): Promise<string[]> {
    const all = await readdir(where, { recursive: true, withFileTypes: true });
    return all
      .filter((entry) => (of === 'files' ? entry.isFile() && entry.name.endsWith('.jpg') : entry.isDirectory()))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  }

  const fresh = (folder: string): string => join(folder, `n${++serial}.jpg`);

  /** Two files that differ, one file and null, or nulls. */
  async function choose({ a, b }: Step): Promise<[string | null, string | null]> {
    const files = await entries('files');
    if (files.length === 0) return [null, null];
    const first = files[a % files.length]!;
    const others = files.filter((file) => file !== first);
    return [first, others[b % Math.max(1, others.length)] ?? null];
  }

  async function someFolder(n: number): Promise<string> {
    const folders = [root, ...(await entries('folders'))];
    return folders[n % folders.length]!;
  }

  /** Swaps, chains and the like go over a name outside of the walked ones only while nobody looks. */
  const between = join(root, '.between');

  return {
    write,

    async take(step: Step): Promise<void> {
      const { what, a, b } = step;
      const [one, two] = await choose(step);
      if (what === 'add') return write(fresh(await someFolder(a)), `added ${++serial}${'.'.repeat(b % 3)}`);
      if (what === 'back') {
        const stored = await entries('files', aside);
        const file = stored[a % Math.max(1, stored.length)];
        if (file) await rename(file, fresh(await someFolder(b)));
        return;
      }
      if (what === 'renameFolder' || what === 'nestFolder' || what === 'removeFolder') {
        const folders = await entries('folders');
        const folder = folders[a % Math.max(1, folders.length)];
        if (!folder) return;
        if (what === 'removeFolder') return rm(folder, { recursive: true });
        const target = what === 'renameFolder' ? dirname(folder) : await someFolder(b);
        if (target !== folder && !target.startsWith(`${folder}/`)) await rename(folder, join(target, `d${++serial}`));
        return;
      }
      if (!one) return;
      switch (what) {
        case 'edit':
          return write(one, `edited ${++serial}${'.'.repeat(b % 3)}`);
        case 'editSameSize': {
          const { size } = await stat(one);
          return write(one, `${++serial} same size`.padEnd(size, '.').slice(0, size));
        }
        case 'touch':
          return stamp(one);
        case 'remove':
          return rm(one);
        case 'rename':
          return rename(one, fresh(await someFolder(b)));
        case 'aside':
          return rename(one, join(aside, `${++serial}.jpg`));
        case 'copy': {
          const copy = fresh(await someFolder(b));
          await copyFile(one, copy);
          return stamp(copy);
        }
        case 'copyKeepingTime': {
          const copy = fresh(await someFolder(b));
          return copyWithTime(one, copy);
        }
        case 'hardLink':
          return link(one, fresh(await someFolder(b)));
        case 'displace': {
          await rename(one, fresh(await someFolder(b)));
          return write(one, `displaced ${++serial}`);
        }
        case 'replaceFile': {
          // As editors save: a new file is renamed over the old one.
          await write(between, `replaced ${++serial}`);
          return rename(between, one);
        }
        case 'sidecar':
          return write(`${one}.xmp`, xmp(`title ${++serial}`));
        case 'removeSidecar':
          return rm(`${one}.xmp`, { force: true });
        case 'renameOver':
          return two ? rename(one, two) : undefined;
        case 'copyOver':
          return two ? copyWithTime(one, two) : undefined;
        case 'chain':
          if (!two) return;
          await rename(two, fresh(dirname(two)));
          return rename(one, two);
        case 'swap':
          if (!two) return;
          await rename(one, between);
          await rename(two, one);
          return rename(between, two);
      }
    },

    /** Facts of some files, as a manifest of JSON lines beside the root. */
    async manifest(path: string, a: number, b: number): Promise<Map<string, { productId: string; name: string }>> {
      const files = await entries('files');
      const chosen = files.filter((_, n) => (n + a) % 3 === 0);
      const facts = new Map(chosen.map((file) => [file, { productId: `P-${basename(file)}`, name: `said ${a} ${b}` }]));
      const lines = [...facts].map(([file, { productId, name }]) =>
        JSON.stringify({ path: file, product_id: productId, name }),
      );
      await writeFile(path, `${lines.join('\n')}\n`);
      return facts;
    },
  };
}

/** An XMP packet with this title. */
export function xmp(title: string): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">${title}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>\n`;
}

async function copyWithTime(from: string, to: string): Promise<void> {
  const { atime, mtimeMs } = await stat(from);
  await writeFile(to, await readFile(from));
  await utimes(to, atime, mtimeMs / 1_000);
}
