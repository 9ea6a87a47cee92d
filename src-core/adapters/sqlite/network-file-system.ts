import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../domain/app-error.ts';

/** `f_type` of statfs(2) on Linux, from the kernel's include/uapi/linux/magic.h and the file systems' own sources. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
]);

/**
 * SQLite's WAL needs shared memory between its processes, which a network file system does not give: it corrupts
 * silently. Throws DATA_DIR_UNUSABLE. macOS and Windows report no such number; there only UNC paths are seen.
 */
export async function refuseNetworkFileSystem(file: string): Promise<void> {
  const name = file.startsWith('\\\\') ? 'a network share' : await networkFileSystem(dirname(file));
  if (name) {
    throw new AppError(
      'DATA_DIR_UNUSABLE',
      `${file} is on ${name}; the embedded databases need a local disk. Choose a local --data-dir.`,
    );
  }
}

async function networkFileSystem(folder: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    return NETWORK_FILE_SYSTEMS.get((await statfs(folder)).type);
  } catch {
    return undefined; // not there: opening says so better
  }
}
