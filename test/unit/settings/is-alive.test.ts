import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { isAlive } from '../../../src-core/settings/is-alive.ts';
import { NOBODY, ordinaryUserMayRead } from '../../support/ordinary-user.ts';

it('knows this process, its parent, and one that has ended', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  expect([process.pid, process.ppid, pid].map(isAlive)).toEqual([true, true, false]);
});

it('takes a process of another user for alive', async ({ skip }) => {
  const folder = resolve(import.meta.dirname, '../../../src-core/settings');
  if (!(await ordinaryUserMayRead(folder))) skip('only the superuser can start a process of another user');
  const program = `
    import { isAlive } from './is-alive.ts';
    try { process.kill(${process.pid}, 0) } catch ({ code }) { console.log(code, isAlive(${process.pid})) }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: folder,
    uid: NOBODY,
    gid: NOBODY,
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('EPERM true\n');
});
