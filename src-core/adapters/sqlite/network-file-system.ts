import { dirname } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { networkFileSystem } from '../../files/file-system-kind.ts';

/**
 * SQLite's WAL needs shared memory between its processes, which a network file system does not give: it corrupts
 * silently. Throws DATA_DIR_UNUSABLE.
 */
export async function refuseNetworkFileSystem(file: string): Promise<void> {
  const name = await networkFileSystem(dirname(file));
  if (name === null) return;
  throw new AppError(
    'DATA_DIR_UNUSABLE',
    `${file} is on ${name}; the embedded databases need a local disk. Choose a local --data-dir.`,
  );
}
