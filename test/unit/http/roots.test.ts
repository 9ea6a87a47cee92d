import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRoots, type RootsOptions } from '../../../src-main/http/roots.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function folders() {
  const base = await tempDir();
  const [root, secret] = [join(base, 'pictures'), join(base, 'pictures-secret')];
  await mkdir(join(root, 'deep'), { recursive: true });
  await mkdir(secret);
  await writeFile(join(root, 'a.png'), '');
  await writeFile(join(secret, 'b.png'), '');
  await symlink(secret, join(root, 'way-out'));
  await symlink(join(root, 'a.png'), join(root, 'deep', 'link.png'));
  return { base, root, secret };
}

const rootsOf = (options: Partial<RootsOptions>) =>
  createRoots({ allowed: [], imported: async () => [], folders: [], ...options });

const refused = { code: 'PATH_OUTSIDE_ROOT' };

it('lets in what lies below a root, links resolved', async () => {
  const { root, secret } = await folders();
  const { check } = rootsOf({ allowed: ['/elsewhere', root] });
  expect((await check(root)).root).toBe(root);
  expect((await check(join(root, 'a.png'))).root).toBe(root);
  expect((await check(join(root, 'deep', 'link.png'))).root).toBe(root);
  expect((await check(join(root, 'not-there.png'))).root).toBe(root);
  expect((await check(`${root}/deep/../a.png`)).root).toBe(root);
  const outside = [
    join(secret, 'b.png'),
    `${root}/../pictures-secret/b.png`,
    join(root, 'way-out', 'b.png'),
    '/',
    root + 'x',
  ];
  for (const path of outside) await expect(check(path)).rejects.toMatchObject(refused);
});

it('knows the folders of other systems by their names', async () => {
  const { check } = rootsOf({ allowed: ['C:\\pictures'] });
  expect((await check('c:/pictures/a.png')).root).toBe('C:\\pictures');
  await expect(check('C:\\pictures\\..\\b.png')).rejects.toMatchObject(refused);
});

it('goes by what was imported where no root is set', async () => {
  const { root, secret } = await folders();
  const { check } = rootsOf({ imported: async () => [root] });
  expect((await check(join(root, 'a.png'))).root).toBe(root);
  await expect(check(join(secret, 'b.png'))).rejects.toMatchObject(refused);
  const set = rootsOf({ allowed: [secret], imported: async () => [root] });
  await expect(set.check(join(root, 'a.png'))).rejects.toMatchObject(refused);
});

it('finds what a program names as the fleet does', async () => {
  const { root } = await folders();
  const { check } = rootsOf({ allowed: [root], folders: [{ shared: '/mnt/catalog', here: root }] });
  expect(await check('/mnt/catalog/deep/link.png')).toEqual({ path: join(root, 'deep', 'link.png'), root });
  await expect(check('/mnt/catalog/way-out/b.png')).rejects.toMatchObject(refused);
  await expect(check('/mnt/other/a.png')).rejects.toMatchObject(refused);
});
