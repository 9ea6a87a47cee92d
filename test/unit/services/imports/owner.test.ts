import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { isDead, PROCESS_OWNER } from '../../../../src-main/services/imports/owner.ts';

it('knows an owner of this machine that is no more', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  expect(isDead(`${hostname()}/${pid}/0a1b2c3d`)).toBe(true);
});

it('knows an earlier process that had the id of this one', () => {
  expect(isDead(`${hostname()}/${process.pid}/0a1b2c3d`)).toBe(true);
});

it('takes every other owner for alive', () => {
  expect(isDead(PROCESS_OWNER)).toBe(false);
  expect(isDead(`${hostname()}/${process.ppid}/0a1b2c3d`)).toBe(false);
  expect(isDead(`elsewhere-${hostname()}/999999999/0a1b2c3d`)).toBe(false);
  expect(isDead('a name of a test')).toBe(false);
});
