import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Null where nothing can be seen. */
async function deviceOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ dev }) => dev,
    () => null,
  );
}

/** Where Linux says that something is mounted, links resolved; null on other systems. */
async function listedMounts(): Promise<ReadonlySet<string> | null> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => null);
  if (text === null) return null;
  const points = text.split('\n').map((line) => line.split(' ')[4] ?? '');
  // Spaces and the like are written as octal numbers.
  return new Set(
    points.map((point) =>
      point.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number(`0o${octal}`))),
    ),
  );
}

export interface MountFinder {
  /** A file that the walk met, with the device that it lies on. */
  meet(path: string, device: number): Promise<void>;
  /** Folders on the way from the root to the files where another drive begins; the root itself may be one. */
  readonly mounts: ReadonlySet<string>;
}

/**
 * Learns from the files of a walk where drives are mounted: from the system's list where there is one, for a bind mount has
 * the device of what lies around it and a subvolume has its own without being mounted; else from where the device changes.
 */
export async function createMountFinder(root: string): Promise<MountFinder> {
  const mounts = new Set<string>();
  const listed = await listedMounts();
  const realRoot = await realpath(root).catch(() => root);
  const rootDevice = await deviceOf(root);
  if (listed ? listed.has(realRoot) : rootDevice !== (await deviceOf(dirname(root)))) mounts.add(root);
  let folder = '';
  return {
    mounts,
    async meet(path, device) {
      if ((!listed && device === rootDevice) || dirname(path) === folder) return;
      folder = dirname(path);
      let at = folder;
      if (listed) {
        const isListed = (inside: string): boolean => listed.has(realRoot + inside.slice(root.length));
        while (at.length > root.length && !isListed(at)) at = dirname(at);
        if (at.length > root.length) mounts.add(at);
        return;
      }
      while (at.length > root.length && (await deviceOf(dirname(at))) === device) at = dirname(at);
      // A link inside the root may lead to a file on another drive: that is no mount.
      if (at.length > root.length && (await deviceOf(at)) === device) mounts.add(at);
    },
  };
}

/** Whether a folder where a drive was mounted is now an ordinary one, or gone: the drive is away. */
export async function isUnmounted(mount: string): Promise<boolean> {
  const listed = await listedMounts();
  if (listed)
    return realpath(mount).then(
      (real) => !listed.has(real),
      () => true,
    );
  const device = await deviceOf(mount);
  return device === null || device === (await deviceOf(dirname(mount)));
}
