/** Whether files are done, by what is seen of them; one per source that is watched. */
export interface StillWritten {
  isSettled(file: { path: string; bytes: number; mtimeMs: number }): boolean;
  /** Paths that were told to be unsettled since the last call. */
  takeUnsettled(): string[];
}

/**
 * A file that was changed a moment ago may be half written: it is taken once it has not changed for `settleMs`. A copy that
 * keeps the time of its original gets it when it is complete. `now` is the system's clock, as the file's times are; a
 * time of a file server whose clock is ahead is not believed, and the file has to be seen twice.
 */
export function createStillWritten(settleMs: number, now: () => number = Date.now): StillWritten {
  const seen = new Map<string, { stamp: string; at: number }>();
  let unsettled: string[] = [];
  return {
    isSettled({ path, bytes, mtimeMs }) {
      const age = now() - mtimeMs;
      const stamp = `${bytes} ${mtimeMs}`;
      const before = seen.get(path);
      const stands = before?.stamp === stamp && now() - before.at >= settleMs;
      if (age >= settleMs || stands) {
        seen.delete(path);
        return true;
      }
      if (before?.stamp !== stamp) seen.set(path, { stamp, at: now() });
      unsettled.push(path);
      return false;
    },
    takeUnsettled() {
      const paths = unsettled;
      unsettled = [];
      return paths;
    },
  };
}
