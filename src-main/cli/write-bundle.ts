import { rm, writeFile } from 'node:fs/promises';
import { AppError } from '../../src-core/domain/app-error.ts';

/** A zip, readable by its owner only; it is there whole or not at all. Never over a file that exists: CONFLICT. */
export async function writeBundle(path: string, zip: Uint8Array): Promise<void> {
  try {
    await writeFile(path, zip, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new AppError('CONFLICT', `${path} is there already; name another file`, { cause: error });
    if (code === 'ENOSPC') await rm(path, { force: true });
    throw new AppError(code === 'ENOSPC' ? 'DISK_FULL' : 'INVALID_INPUT', `${path}: ${message}`, { cause: error });
  }
}
