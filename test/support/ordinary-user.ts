import { access } from 'node:fs/promises';

export const NOBODY = 65_534;

/** Whether another user could run this program on files of this folder: not where it was cloned into root's home. */
export async function ordinaryUserMayRead(folder: string): Promise<boolean> {
  if (process.geteuid?.() !== 0) return false;
  return asOrdinaryUser(() => Promise.all([access(import.meta.filename), access(folder)])).then(
    () => true,
    () => false,
  );
}

/**
 * Runs `work` as a user to whom permissions apply. The superuser may read everything, so a test of an unreadable file
 * would prove nothing there: this process is an ordinary user for that long.
 */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
