import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Whether this machine lets this user mount: an ordinary user and a plain container may not. */
export const CAN_MOUNT = process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;

/** `mount ARGS…`, the last of which is the mount point; answers how to unmount it, which the end of the test does too. */
export function mount(...args: string[]): () => void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
  let mounted = true;
  const unmount = (): void => {
    if (mounted) spawnSync('umount', [args.at(-1)!]);
    mounted = false;
  };
  onTestFinished(unmount);
  return unmount;
}
