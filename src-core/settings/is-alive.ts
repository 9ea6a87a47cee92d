/**
 * Whether a process of this machine lives; one that ended long ago may have left its id to another. Only "no such process"
 * says that it does not: one of another user may not be signalled, and lives.
 */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
