import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openImports, openStore } from '../../../src-core/open-backends.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { cliInProcess } from '../../support/cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A catalog with a source of two files, of which nothing is indexed yet. */
async function openData() {
  const root = await tempDir();
  const data = join(root, 'data');
  const folder = join(root, 'pictures');
  await mkdir(folder);
  for (const name of ['a.jpg', 'b, "c".jpg']) await writeFile(join(folder, name), 'x');
  const dataDir = await openDataDir(data);
  const store = await openStore(settingsSchema.parse({}), dataDir);
  const log = await openImports(dataDir);
  const { id: catalogId } = await store.ensureCatalog({ name: 'shop', model: 'default-160', dimension: 256 });
  await log.ensureSource({ catalogId, kind: 'folder', root: folder, path: folder });
  await log.close();
  await store.close();
  return { root, data, folder };
}

it('says every difference, one a line, and fails', async () => {
  const { data, folder } = await openData();
  const { code, stdout } = await cliInProcess(data, 'verify', 'shop');
  expect(code).toBe(1);
  expect(stdout).toContain(`not-indexed  ${folder}/a.jpg: it is not in the catalog\n`);
  expect(stdout).toContain('2 differences: 2 not-indexed.\n');
});

it('lists them in one JSON document', async () => {
  const { data, folder } = await openData();
  const { code, stdout } = await cliInProcess(data, 'verify', folder, '--catalog', 'shop', '--json');
  const { differences, ...rest } = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(differences.map(({ kind, path }: Record<string, unknown>) => [kind, path])).toEqual(
    expect.arrayContaining([['not-indexed', `${folder}/a.jpg`]]),
  );
  expect(rest).toMatchObject({ catalog: 'shop', total: 2, counts: { 'not-indexed': 2 }, beyond_repair: 0 });
  const empty = await cliInProcess(data, 'verify', '/nowhere', '--catalog', 'shop', '--json');
  expect(empty.code).toBe(2);
  expect(JSON.parse(empty.stdout)).toMatchObject({ error: { code: 'NOT_FOUND' } });
});

it('writes them to a CSV file', async () => {
  const { root, data, folder } = await openData();
  const file = join(root, 'differences.csv');
  const { stdout } = await cliInProcess(data, 'verify', 'shop', '--csv', file);
  expect(stdout).not.toContain('a.jpg');
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(lines[0]).toBe('kind,path,image_id,message,todo');
  expect(
    lines
      .slice(1)
      .toSorted()
      .map((line) => line.replace(/[0-9a-f-]{36}/, 'ID')),
  ).toEqual([
    `not-indexed,"${folder}/b, ""c"".jpg",ID,it is not in the catalog,`,
    `not-indexed,${folder}/a.jpg,ID,it is not in the catalog,`,
  ]);
  const refused = await cliInProcess(data, 'verify', 'shop', '--csv', join(root, 'no/such/folder.csv'));
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be written') });
});

it('finds no difference in an empty catalog', async () => {
  const { data } = await openData();
  expect(await cliInProcess(data, 'verify')).toMatchObject({ code: 2 });
  const dataDir = await openDataDir(data);
  const store = await openStore(settingsSchema.parse({}), dataDir);
  await store.ensureCatalog({ name: 'default', model: 'default-160', dimension: 256 });
  await store.close();
  const { code, stdout } = await cliInProcess(data, 'verify', '--json');
  expect({ code, document: JSON.parse(stdout) }).toMatchObject({ code: 0, document: { differences: [], total: 0 } });
});
