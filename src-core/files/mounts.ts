import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Null where nothing can be seen. */
async function deviceOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ dev }) => dev,
    () => null,
  );
}

export interface MountFinder {
  /** A file that the walk met, with the device that it lies on. */
  meet(path: string, device: number): Promise<void>;
  /** Folders on the way from the root to the files where another drive begins; the root itself may be one. */
  readonly mounts: ReadonlySet<string>;
}

/** Learns from the files of a walk where drives are mounted. */
export async function createMountFinder(root: string): Promise<MountFinder> {
  const mounts = new Set<string>();
  const rootDevice = await deviceOf(root);
  if (rootDevice !== (await deviceOf(dirname(root)))) mounts.add(root);
  let folder = '';
  return {
    mounts,
    async meet(path, device) {
      if (device === rootDevice || dirname(path) === folder) return;
      folder = dirname(path);
      let at = folder;
      while (at.length > root.length && (await deviceOf(dirname(at))) === device) at = dirname(at);
      // A link inside the root may lead to a file on another drive: that is no mount.
      if (at.length > root.length && (await deviceOf(at)) === device) mounts.add(at);
    },
  };
}

/** Whether a folder where a drive was mounted is now an ordinary one, or gone: the drive is away. */
export async function isUnmounted(mount: string): Promise<boolean> {
  const device = await deviceOf(mount);
  return device === null || device === (await deviceOf(dirname(mount)));
}
