import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { AppError } from '../domain/app-error.ts';

/** Where everything of one installation lives. Two data dirs never touch. */
export interface DataDir {
  root: string;
  queue: string;
  vectors: string;
  imports: string;
  duplicates: string;
}

/** `--data-dir`, else IMAGEFLEET_DATA_DIR, else the system's place for an application's data. Makes it. */
export async function openDataDir(flag?: string, env: NodeJS.ProcessEnv = process.env): Promise<DataDir> {
  const root = resolve(flag ?? env.IMAGEFLEET_DATA_DIR ?? envPaths('imagefleet', { suffix: '' }).data);
  try {
    await mkdir(root, { recursive: true });
  } catch (error) {
    throw new AppError('DATA_DIR_UNUSABLE', `${root}: ${(error as Error).message}`, { cause: error });
  }
  return {
    root,
    queue: join(root, 'queue.db'),
    vectors: join(root, 'vectors.db'),
    imports: join(root, 'imports.db'),
    duplicates: join(root, 'duplicates.db'),
  };
}

/**
 * Id of this installation among those that share a queue or a store, made once: the host's name, to be read by people,
 * and eight hex digits. Throws DATA_DIR_UNUSABLE.
 */
export async function machineIdOf({ root }: DataDir): Promise<string> {
  const file = join(root, 'machine-id');
  try {
    return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return makeMachineId(file);
      throw error;
    });
  } catch (error) {
    throw new AppError('DATA_DIR_UNUSABLE', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Linked into its place whole: of two processes that make one, both read the same. */
async function makeMachineId(file: string): Promise<string> {
  const host = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${host || 'machine'}-${randomBytes(4).toString('hex')}`, { flag: 'wx' });
  try {
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return await readFile(file, 'utf8');
  } finally {
    await rm(draft, { force: true });
  }
}
