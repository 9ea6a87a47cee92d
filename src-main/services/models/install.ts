import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { filesOf, type ModelManifest } from '../../../src-core/domain/model-manifest.ts';
import { idOf, isIn, type KnownModel } from './known-model.ts';

/** Throws CONFLICT for an id, or a file name in `folder`, that is taken. */
export function refuseTaken(known: readonly KnownModel[], folder: string, id: string, names: readonly string[]): void {
  if (known.some((model) => model.manifest?.id === id))
    throw new AppError('CONFLICT', `there is a model "${id}" already`);
  const others = known.filter((model) => isIn(folder, model) && idOf(model) !== id);
  const taken = new Set(others.flatMap(({ manifest }) => (manifest ? filesOf(manifest).map(({ file }) => file) : [])));
  const both = names.find((name) => taken.has(name));
  if (both === undefined) return;
  throw new AppError('CONFLICT', `another model has the file ${join(folder, both)}: give yours another name`);
}

/**
 * Puts files, by their names there, and then the manifest into `folder`, so that nobody meets half a model. They are moved
 * where `move` says so. Throws DISK_FULL, DATA_DIR_UNUSABLE.
 */
export async function install(
  folder: string,
  manifest: ModelManifest,
  files: Readonly<Record<string, string>>,
  move = false,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, from] of Object.entries(files)) {
      if (move) await rename(from, join(folder, name));
      else await putWhole(join(folder, name), (made) => copyFile(from, made));
    }
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    await putWhole(join(folder, `${manifest.id}.json`), (made) => writeFile(made, text));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC';
    throw new AppError(isFull ? 'DISK_FULL' : 'DATA_DIR_UNUSABLE', `${folder}: ${message}`, { cause: error });
  }
}

async function putWhole(to: string, make: (path: string) => Promise<void>): Promise<void> {
  const made = join(dirname(to), `.${randomUUID()}`);
  try {
    await make(made);
    await rename(made, to);
  } finally {
    await rm(made, { force: true });
  }
}
