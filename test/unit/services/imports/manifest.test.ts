import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRig, type Rig } from './rig.ts';

async function rigWith(csv: string, name = 'facts.csv'): Promise<Rig & { manifest: string }> {
  const rig = await openRig();
  await rig.write({ 'a.jpg': '1', 'b.jpg': '2', 'c.jpg': '3', [name]: csv });
  rig.startWorker();
  return { ...rig, manifest: join(rig.root, name) };
}

describe('a folder with a manifest', () => {
  it('gives pictures their facts, and says what the manifest got wrong', async () => {
    const rig = await rigWith('path,sku,colour\na.jpg,A-1,red\n,A-2,\nnone.jpg,A-3,\nb.jpg,B-1,\na.jpg,A-9,\n');
    const run = await rig.importAll({ manifest: rig.manifest });
    expect(await rig.lines(run.id)).toEqual([
      'a.jpg: indexed',
      'b.jpg: indexed',
      'c.jpg: indexed',
      'facts.csv: excluded extension',
      'facts.csv:3: failed INVALID_MANIFEST',
      'facts.csv:6: failed INVALID_MANIFEST',
      'none.jpg: failed FILE_NOT_FOUND',
    ]);
    const messages = (await rig.log.ledger(run.id, { outcomes: ['failed'] }, 10)).items.map(({ message }) => message);
    expect(messages).toEqual([
      'line 3: path: must not be empty',
      expect.stringMatching(/^line 6: .*a\.jpg is named by line 2 already$/),
      expect.stringMatching(/^line 4: .*facts\.csv names it, but it was not found in /),
    ]);
    expect((await rig.records()).map(({ productId, metadata }) => [productId, metadata])).toEqual([
      ['A-1', { colour: 'red' }],
      ['B-1', undefined],
      [undefined, undefined],
    ]);
    expect(await rig.log.manifest(run.id, 10)).toEqual({ items: [], next: null });
  });

  it('reads the columns that were said, then and later', async () => {
    const rig = await rigWith('Bild,Titel,name\na.jpg,one,x\n');
    const columns = { path: 'Bild', name: 'Titel' };
    await expect(rig.importAll({ manifest: rig.manifest })).rejects.toMatchObject({ code: 'INVALID_MANIFEST' });
    await rig.importAll({ manifest: rig.manifest, columns });
    expect((await rig.records())[0]).toMatchObject({ name: 'one', metadata: { name: 'x' } });
    await rig.write({ 'facts.csv': 'Bild,Titel,name\na.jpg,two,x\n' });
    await rig.importAll({ manifest: rig.manifest });
    expect((await rig.records())[0]).toMatchObject({ name: 'two' });
    await rig.importAll({ manifest: rig.manifest, columns: { path: 'Bild' } });
    expect((await rig.records())[0]).toMatchObject({ name: 'x', metadata: { Titel: 'two' } });

    const run = await rig.imports.start({ catalogId: rig.catalog.id, path: rig.root, manifest: rig.manifest });
    await expect(
      rig.imports.start({ catalogId: rig.catalog.id, path: rig.root, manifest: rig.manifest, columns }),
    ).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(run.id) });
  });

  it('updates records whose facts changed, and takes away what it leaves empty now', async () => {
    const rig = await rigWith('path,sku,title\na.jpg,A,one\nb.jpg,B,two\n');
    await rig.importAll({ manifest: rig.manifest });
    await rig.write({ 'facts.csv': 'path,sku,title\na.jpg,A,\nb.jpg,B,TWO\n' });
    const run = await rig.importAll({ manifest: rig.manifest });
    expect(await rig.lines(run.id)).toEqual([
      'a.jpg: updated facts',
      'b.jpg: updated facts',
      'c.jpg: skipped unchanged',
      'facts.csv: excluded extension',
    ]);
    expect((await rig.records()).map(({ name }) => name)).toEqual([undefined, 'TWO', undefined]);
  });

  it('keeps the facts of a changed picture when it is imported without', async () => {
    const rig = await rigWith('path,sku\na.jpg,A\n');
    await rig.importAll({ manifest: rig.manifest });
    await rig.write({ 'a.jpg': 'changed' });
    const run = await rig.importAll();
    expect((await rig.lines(run.id))[0]).toBe('a.jpg: indexed');
    expect((await rig.records())[0]).toMatchObject({ productId: 'A', bytes: 7 });
  });

  it('makes a record again that is gone from the store', async () => {
    const rig = await rigWith('path,sku\na.jpg,A\n');
    await rig.importAll({ manifest: rig.manifest });
    const [a] = await rig.records();
    await rig.store.delete(rig.catalog.id, { imageIds: [a!.imageId] });
    const run = await rig.importAll({ manifest: rig.manifest });
    expect((await rig.lines(run.id))[0]).toBe('a.jpg: indexed');
    expect((await rig.records())[0]).toMatchObject({ productId: 'A' });
  });

  it('is refused before anything begins when it names no path', async () => {
    const rig = await rigWith('sku,title\nA,one\n');
    await expect(rig.importAll({ manifest: rig.manifest })).rejects.toMatchObject({
      code: 'INVALID_MANIFEST',
      message: expect.stringContaining('sku, title'),
    });
    expect(await rig.imports.list()).toEqual([]);
  });

  it('is not exchanged for another while its import is unfinished', async () => {
    const rig = await rigWith('path\na.jpg\n');
    await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    await expect(rig.importAll({ manifest: rig.manifest })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('without a manifest'),
    });
  });
});

describe('a manifest as the source', () => {
  it('indexes the files that it names', async () => {
    const lines = [{ path: 'a.jpg', name: 'one' }, { path: 'gone.jpg' }, { path: '.' }, 'nonsense', { path: 'b.jpg' }];
    const rig = await rigWith(lines.map((line) => JSON.stringify(line)).join('\n'), 'list.jsonl');
    const first = await rig.importAll({ path: rig.manifest });
    expect(await rig.lines(first.id)).toEqual([
      `${rig.root}: failed NOT_A_FILE`,
      'a.jpg: indexed',
      'b.jpg: indexed',
      'gone.jpg: failed FILE_NOT_FOUND',
      'list.jsonl:4: failed INVALID_MANIFEST',
    ]);
    expect((await rig.records()).map(({ fileName, name }) => [fileName, name])).toEqual([
      ['a.jpg', 'one'],
      ['b.jpg', undefined],
    ]);
    await rm(join(rig.root, 'b.jpg'));
    const second = await rig.importAll({ path: rig.manifest });
    expect((await rig.lines(second.id)).slice(1, 3)).toEqual(['a.jpg: skipped unchanged', 'b.jpg: missing']);
    expect((await rig.records()).map(({ missingSince }) => missingSince !== null)).toEqual([false, true]);
  });

  it('takes no other manifest', async () => {
    const rig = await rigWith('path\na.jpg\n');
    const other = join(rig.dir, 'other.csv');
    await writeFile(other, 'path\n');
    await expect(rig.importAll({ path: rig.manifest, manifest: other })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
