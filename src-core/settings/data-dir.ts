import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { AppError } from '../domain/app-error.ts';

/** Where everything of one installation lives. Two data dirs never touch. */
export interface DataDir {
  root: string;
  queue: string;
  vectors: string;
  imports: string;
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
  };
}
