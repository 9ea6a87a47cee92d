import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../../src-core/domain/catalog.ts';
import type { ImageRecord } from '../../../../src-core/domain/image-record.ts';
import { openBackup } from '../../../../src-main/services/copy/backup-reader.ts';
import { openBackupTarget } from '../../../../src-main/services/copy/backup-writer.ts';
import { checkBackup } from '../../../../src-main/services/copy/check-backup.ts';
import { copyCatalog } from '../../../../src-main/services/copy/copy-catalog.ts';
import { createStoreSource, openStoreTarget } from '../../../../src-main/services/copy/store-sides.ts';
import { appError, axis, image } from '../../../contract/vector-store/samples.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { expectSame, filledStore, newStore, quietly, stoppedAt } from './rig.ts';

type Filled = Awaited<ReturnType<typeof filledStore>>;

async function backUp(from: Filled, folder: string, options = quietly()) {
  return copyCatalog(createStoreSource(from, from.catalog), await openBackupTarget(folder, from.catalog), options);
}

async function newBackup(count: number): Promise<{ folder: string; from: Filled }> {
  const from = await filledStore(count);
  const folder = join(await tempDir(), 'backup');
  await backUp(from, folder);
  return { folder, from };
}

async function changeManifest(folder: string, change: (manifest: Record<string, unknown>) => void): Promise<void> {
  const path = join(folder, 'catalog.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  change(manifest);
  await writeFile(path, JSON.stringify(manifest));
}

describe('a backup', () => {
  it('goes to a folder and back, and is equal', async () => {
    const { folder, from } = await newBackup(6_200);
    expect((await readdir(folder)).toSorted()).toEqual([
      'catalog.json',
      'records-00001.jsonl',
      'records-00002.jsonl',
      'vectors-00001.f32',
      'vectors-00002.f32',
    ]);
    expect(await checkBackup(folder, quietly())).toMatchObject({ records: 6_200, catalog: from.catalog });
    const to = await newStore();
    const source = await openBackup(folder);
    const report = await copyCatalog(source, await openStoreTarget(to, source.catalog), quietly());
    expect(report).toMatchObject({ records: 6_200, copied: 6_200, compared: 1_000 });
    const { id } = from.catalog;
    await expectSame(from.store, to.store, id);
  });

  it('goes on after an interruption with what is not in it yet', async () => {
    const from = await filledStore(6_000);
    const folder = await tempDir();
    const first = await backUp(from, folder, stoppedAt(5_500));
    expect(first).toMatchObject({ records: 5_500, copied: 5_500, interrupted: true });
    await expect(openBackup(folder)).rejects.toMatchObject(appError('INVALID_INPUT', /not whole/));
    const read: number[] = [];
    const second = await backUp(from, folder, { ...quietly(), onProgress: (done) => read.push(done) });
    expect(second).toMatchObject({ records: 6_000, copied: 500, unchanged: 5_500, interrupted: false });
    expect(read).toEqual([6_000]);
    expect(await checkBackup(folder, quietly())).toMatchObject({ records: 6_000 });
    expect((await readdir(folder)).filter((name) => !/^(records|vectors)-0000[123]\./.test(name))).toEqual([
      'catalog.json',
    ]);
  });

  it('begins anew when the source changed between two runs', async () => {
    const from = await filledStore(2_000);
    const folder = await tempDir();
    await backUp(from, folder, stoppedAt(1_000));
    const early = image(from.catalog, 'early.jpg');
    early.record.imageId = '00000000-0000-5000-8000-000000000000';
    await from.store.upsert(from.catalog.id, [early]);
    await expect(backUp(from, folder)).rejects.toMatchObject(
      appError('COPY_DIFFERS', /2001 records, and 2000 were read/),
    );
    expect(await backUp(from, folder)).toMatchObject({ records: 2_001, copied: 2_001 });
    expect(await checkBackup(folder, quietly())).toMatchObject({ records: 2_001 });
  });

  it('takes records of an older version, and leaves out what is no field of a record', async () => {
    const from = await filledStore(1);
    const { title: _title, caption: _caption, ...old } = image(from.catalog, 'old.jpg').record;
    const record = { ...old, stray: 1 } as unknown as ImageRecord;
    await from.store.upsert(from.catalog.id, [{ record, vector: axis(0) }]);
    const folder = await tempDir();
    await backUp(from, folder);
    const source = await openBackup(folder);
    const to = await newStore();
    await copyCatalog(source, await openStoreTarget(to, source.catalog), quietly());
    const [restored] = await to.store.get(from.catalog.id, [old.imageId]);
    expect(restored!.record).toEqual({ ...old, title: null, caption: null });
    const again = await openStoreTarget(to, from.catalog);
    expect(await copyCatalog(createStoreSource(from, from.catalog), again, quietly())).toMatchObject({ unchanged: 2 });
  });

  it('of an empty catalog is whole', async () => {
    const { folder } = await newBackup(0);
    expect(await checkBackup(folder, quietly())).toMatchObject({ records: 0 });
  });

  it('is never written over, nor written beside other files or another catalog’s', async () => {
    const { folder, from } = await newBackup(3);
    await expect(backUp(from, folder)).rejects.toMatchObject(appError('CONFLICT', /finished backup/));

    const full = await tempDir();
    await writeFile(join(full, 'letter.txt'), 'mine');
    await expect(backUp(from, full)).rejects.toMatchObject(appError('INVALID_INPUT', /letter\.txt/));
    expect(await readdir(full)).toEqual(['letter.txt']);
    await expect(backUp(from, join(full, 'letter.txt'))).rejects.toMatchObject(appError('INVALID_INPUT'));

    const begun = await tempDir();
    await openBackupTarget(begun, from.catalog);
    const other: Catalog = { ...from.catalog, id: '3f2c9d1e-0000-4000-8000-00000000000a', name: 'other' };
    await expect(openBackupTarget(begun, other)).rejects.toMatchObject(appError('CONFLICT', /pictures.*other/));
  });

  it('checks before it is finished what an earlier run has written', async () => {
    const from = await filledStore(6_000);
    const folder = await tempDir();
    await backUp(from, folder, stoppedAt(5_000));
    await truncate(join(folder, 'vectors-00001.f32'), 100);
    await expect(backUp(from, folder)).rejects.toMatchObject(appError('INVALID_INPUT', /vectors-00001\.f32/));
    expect(await readdir(folder)).not.toContain('catalog.json');
  });
});

const damages: [string, RegExp, (folder: string) => Promise<void>][] = [
  [
    'a file that is cut short',
    /records-00001\.jsonl has 10 bytes/,
    (f) => truncate(join(f, 'records-00001.jsonl'), 10),
  ],
  ['a file that is too long', /vectors-00001\.f32 has 97 bytes/, (f) => appendFile(join(f, 'vectors-00001.f32'), 'x')],
  ['a file that is missing', /vectors-00001\.f32 is missing/, (f) => rm(join(f, 'vectors-00001.f32'))],
  [
    'a byte that is another one',
    /records-00001\.jsonl has other bytes/,
    async (f) => {
      const path = join(f, 'records-00001.jsonl');
      await writeFile(path, (await readFile(path, 'utf8')).replace('.jpg', '.jpe'));
    },
  ],
  ['a manifest that is cut short', /catalog\.json is damaged/, (f) => truncate(join(f, 'catalog.json'), 50)],
  [
    'a manifest with another count',
    /catalog\.json: pieces: hold 3 records, not 4/,
    (f) => changeManifest(f, (manifest) => (manifest.records = 4)),
  ],
  [
    'a manifest with another dimension',
    /vectors-00001\.f32 has 96 bytes, not 108/,
    (f) => changeManifest(f, ({ catalog }) => ((catalog as Catalog).dimension = 9)),
  ],
  [
    'a manifest of something else',
    /not the manifest of a backup/,
    (f) => writeFile(join(f, 'catalog.json'), '{"name": "x", "version": 1}'),
  ],
];

describe('a damaged backup is refused', () => {
  it.each(damages)('%s', async (_what, message, damage) => {
    const { folder } = await newBackup(3);
    await damage(folder);
    await expect(checkBackup(folder, quietly())).rejects.toMatchObject(appError('INVALID_INPUT', message));
  });

  it('one of a later format, with both named', async () => {
    const { folder } = await newBackup(3);
    await changeManifest(folder, (manifest) => (manifest.version = 2));
    await expect(openBackup(folder)).rejects.toMatchObject(appError('DATABASE_TOO_NEW', /format 2.*up to 1/));
  });

  it('and a folder that is none', async () => {
    await expect(openBackup(await tempDir())).rejects.toMatchObject(appError('NOT_FOUND', /no catalog\.json/));
    await expect(openBackup('/nowhere/at/all')).rejects.toMatchObject(appError('NOT_FOUND'));
  });
});
