import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isToken, openToken, rotateToken } from '../../../src-main/http/token.ts';
import { tempDir } from '../../support/temp-dir.ts';

it('makes one token, which only its owner may read', async () => {
  const folder = await tempDir();
  // As several processes would at a first start.
  const tokens = await Promise.all(Array.from({ length: 8 }, () => openToken(folder, {})));
  expect(new Set(tokens.map(({ value }) => value)).size).toBe(1);
  expect(tokens.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['token']);
  expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
  expect(tokens[0]!.value).toMatch(/^[\w-]{43}$/);
});

it('makes another one on request', async () => {
  const folder = await tempDir();
  const before = await openToken(folder, {});
  const after = await rotateToken(folder, {});
  expect(after.value).not.toBe(before.value);
  expect(await openToken(folder, {})).toEqual({ value: after.value, isNew: false });
  expect(await readFile(join(folder, 'token'), 'utf8')).toBe(`${after.value}\n`);
  expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
});

it('takes that of the environment, and refuses what is none', async () => {
  const folder = await tempDir();
  const env = { IMAGEFLEET_TOKEN: 'of-the-environment' };
  expect(await openToken(folder, env)).toEqual({ value: 'of-the-environment', isNew: false });
  await expect(rotateToken(folder, env)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(openToken(folder, { IMAGEFLEET_TOKEN: 'short' })).rejects.toMatchObject({ code: 'INVALID_SETTINGS' });
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, 'token'), '\n');
  await expect(openToken(folder, { IMAGEFLEET_TOKEN: '' })).rejects.toMatchObject({ code: 'INVALID_SETTINGS' });
});

it('compares texts of any length', () => {
  expect(isToken('abc', 'abc')).toBe(true);
  for (const other of ['', 'ab', 'abcd', 'abd']) expect(isToken(other, 'abc')).toBe(false);
});
