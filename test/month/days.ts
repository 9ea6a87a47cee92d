import { copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { picture } from '../support/pictures.ts';
import type { LiveMonth } from './live-month.ts';
import { xmp } from './steps.ts';

/** The hands of the script: what a person or a program does to a folder of pictures. */
export function createHands(month: LiveMonth, dir: string) {
  const attic = join(dir, 'attic');
  const { random } = month;

  async function all(folder = month.root): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.png'))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  }

  /** So many different files, in random order. */
  async function some(count: number, folder?: string): Promise<string[]> {
    const files = await all(folder);
    for (let i = files.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [files[i], files[j]] = [files[j]!, files[i]!];
    }
    return files.slice(0, count);
  }

  return {
    some,
    touch,
    in: (name: string): string => join(month.root, name),

    async moveInto(folder: string, files: readonly string[]): Promise<void> {
      await mkdir(folder, { recursive: true });
      for (const [n, file] of files.entries()) await rename(file, join(folder, `moved-${n}-${basename(file)}`));
    },

    /** Another picture's bytes under the old name, in the same file. */
    async edit(files: readonly string[], first: number): Promise<void> {
      for (const [n, file] of files.entries()) await writeFile(file, await picture(first + n));
    },

    async copyOver(files: readonly string[]): Promise<void> {
      for (let n = 0; n + 1 < files.length; n += 2) {
        await copyFile(files[n]!, files[n + 1]!);
        await touch(files[n + 1]!);
      }
    },

    async copy(files: readonly string[], keepTime: boolean): Promise<void> {
      for (const file of files) {
        const copy = join(dirname(file), `copy-${basename(file)}`);
        const { atime, mtime } = await stat(file);
        await copyFile(file, copy);
        if (keepTime) await utimes(copy, atime, mtime);
      }
    },

    async swap(files: readonly string[]): Promise<void> {
      for (let n = 0; n + 1 < files.length; n += 2) {
        const [a, b, between] = [files[n]!, files[n + 1]!, join(dir, 'between')];
        await rename(a, between);
        await rename(b, a);
        await rename(between, b);
      }
    },

    async toAttic(files: readonly string[]): Promise<void> {
      await mkdir(attic, { recursive: true });
      for (const file of files) await rename(file, join(attic, basename(file)));
    },

    /** Files come back where others say. */
    async fromAttic(count: number, where: (name: string) => string): Promise<void> {
      for (const file of (await all(attic)).slice(0, count)) {
        const to = where(basename(file));
        await mkdir(dirname(to), { recursive: true });
        await rename(file, to);
      }
    },

    async writeSidecars(files: readonly string[], title: string): Promise<Map<string, { title: string }>> {
      for (const file of files) await writeFile(`${file}.xmp`, xmp(`${title} ${basename(file)}`));
      return new Map(files.map((file) => [file, { title: `${title} ${basename(file)}` }]));
    },

    async removeSidecars(files: readonly string[]): Promise<void> {
      for (const file of files) await rm(`${file}.xmp`);
    },

    /** Facts of these files as a CSV beside the root. */
    async writeManifest(path: string, files: readonly string[], said: string) {
      const facts = new Map(
        files.map((file) => {
          const stem = basename(file, '.png');
          return [
            file,
            { productId: `P-${stem}`, name: `${said} ${stem}`, description: `of ${said}`, metadata: { shelf: said } },
          ];
        }),
      );
      const lines = [...facts].map(([file, { productId, name, description, metadata }]) =>
        [file, productId, name, description, metadata.shelf].join(','),
      );
      await writeFile(path, `path,product_id,name,description,shelf\n${lines.join('\n')}\n`);
      return facts;
    },
  };
}

async function touch(path: string): Promise<void> {
  const { mtimeMs } = await stat(path);
  await utimes(path, mtimeMs / 1_000 + 60, mtimeMs / 1_000 + 60);
}
