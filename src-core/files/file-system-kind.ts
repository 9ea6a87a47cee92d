import { statfs } from 'node:fs/promises';

/** `f_type` of statfs(2) on Linux, from the kernel's include/uapi/linux/magic.h and the file systems' own sources. */
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x19830326, 'BeeGFS'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x6b414653, 'AFS'],
]);

/** File systems whose files others change unseen: a host's folders in a container or virtual machine, among them. */
const VIRTUAL = new Map([
  [0x65735546, 'FUSE'],
  [0x53464846, 'a drive of Windows'],
  [0x6a656a63, 'virtiofs'],
  [0x786f4256, 'a VirtualBox folder'],
  [0x7c7c6673, 'a Parallels folder'],
  [0xbacbacbc, 'a VMware folder'],
]);

/**
 * Name of the network file system that a folder lies on, or null. macOS and Windows report no such number: there only
 * UNC paths are seen.
 */
export async function networkFileSystem(folder: string): Promise<string | null> {
  if (folder.startsWith('\\\\')) return 'a network share';
  return NETWORK.get(await typeOf(folder)) ?? null;
}

/** The same for all file systems that do not tell of every change. */
export async function silentFileSystem(folder: string): Promise<string | null> {
  return (await networkFileSystem(folder)) ?? VIRTUAL.get(await typeOf(folder)) ?? null;
}

async function typeOf(folder: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  return statfs(folder).then(
    ({ type }) => type,
    () => 0, // not there: opening says so better
  );
}
