const NOBODY = 65_534;

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
