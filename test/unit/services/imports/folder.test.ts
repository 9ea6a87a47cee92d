import { chmod, mkdir, rename, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discovered } from '../../../../src-core/domain/import.ts';
import { asOrdinaryUser } from '../../../support/ordinary-user.ts';
import { openRig, type Rig } from './rig.ts';

async function workingRig(files: Record<string, string>): Promise<Rig> {
  const rig = await openRig();
  await rig.write(files);
  rig.startWorker();
  return rig;
}

describe('an import of a folder', () => {
  it('gives every file one line, and skips all of them the second time', async () => {
    const rig = await workingRig({
      'a.jpg': '1',
      'b/c.png': '2',
      'b/broken.jpg': 'bad',
      'notes.txt': 'x',
      '.hidden.jpg': 'x',
    });
    const first = await rig.importAll();
    expect(first).toMatchObject({ state: 'completed', walked: true, owner: null, errors: { IMAGE_CORRUPT: 1 } });
    expect(await rig.lines(first.id)).toEqual([
      '.hidden.jpg: excluded hidden',
      'a.jpg: indexed',
      'b/broken.jpg: failed IMAGE_CORRUPT',
      'b/c.png: indexed',
      'notes.txt: excluded extension',
    ]);
    const second = await rig.importAll();
    expect(second.id).not.toBe(first.id);
    expect(await rig.lines(second.id)).toEqual([
      '.hidden.jpg: excluded hidden',
      'a.jpg: skipped unchanged',
      'b/broken.jpg: failed IMAGE_CORRUPT',
      'b/c.png: skipped unchanged',
      'notes.txt: excluded extension',
    ]);
    expect(discovered(second.counts)).toBe(5);
    expect((await rig.records()).map(({ fileName }) => fileName)).toEqual(['a.jpg', 'c.png']);
  });

  it('skips a file that was only touched, and indexes one that changed', async () => {
    const rig = await workingRig({ 'touched.jpg': '1', 'changed.jpg': '2' });
    await rig.importAll();
    await utimes(join(rig.root, 'touched.jpg'), 1_000, 1_000);
    await rig.write({ 'changed.jpg': 'other' });
    const second = await rig.importAll();
    expect(await rig.lines(second.id)).toEqual(['changed.jpg: indexed', 'touched.jpg: skipped same bytes']);
    const third = await rig.importAll();
    expect(await rig.lines(third.id)).toEqual(['changed.jpg: skipped unchanged', 'touched.jpg: skipped unchanged']);
  });

  it('takes one file as a source, and refuses a path where nothing ever was', async () => {
    const rig = await workingRig({ 'a.jpg': '1', 'b.jpg': '2' });
    const run = await rig.importAll({ path: join(rig.root, 'a.jpg') });
    expect(await rig.lines(run.id)).toEqual(['a.jpg: indexed']);
    const nowhere = join(rig.root, 'nowhere');
    await expect(rig.importAll({ path: nowhere })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(nowhere),
    });
  });

  it('refuses a catalog that is not there', async () => {
    const rig = await openRig();
    const catalogId = crypto.randomUUID();
    await expect(rig.imports.start({ path: rig.root, catalogId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('files that are gone', () => {
  it('are missing, and no more when they come back', async () => {
    const rig = await workingRig({ 'a.jpg': '1', 'b.jpg': '2' });
    await rig.importAll();
    await rename(join(rig.root, 'a.jpg'), join(rig.dir, 'aside.jpg'));
    const second = await rig.importAll();
    expect(await rig.lines(second.id)).toEqual(['a.jpg: missing', 'b.jpg: skipped unchanged']);
    expect((await rig.records()).map(({ missingSince }) => missingSince !== null)).toEqual([true, false]);
    const third = await rig.importAll();
    expect(await rig.lines(third.id)).toEqual(['b.jpg: skipped unchanged']);
    await rename(join(rig.dir, 'aside.jpg'), join(rig.root, 'a.jpg'));
    const fourth = await rig.importAll();
    expect(await rig.lines(fourth.id)).toEqual(['a.jpg: skipped back', 'b.jpg: skipped unchanged']);
    expect((await rig.records()).map(({ missingSince }) => missingSince)).toEqual([null, null]);
  });

  it('are not told while the root is away or empty', async () => {
    const rig = await workingRig({ 'a.jpg': '1' });
    await rig.importAll();
    const aside = join(rig.dir, 'aside');
    await rename(rig.root, aside);
    const away = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    await expect(rig.imports.run(away.id, { impatient: true })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(await rig.imports.status(away.id)).toMatchObject({ state: 'waiting', reason: 'SOURCE_UNAVAILABLE' });
    await mkdir(rig.root); // an empty mount point
    await expect(rig.imports.run(away.id, { impatient: true })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('is empty'),
    });
    expect((await rig.records()).map(({ missingSince }) => missingSince)).toEqual([null]);
    await rm(rig.root, { recursive: true });
    await rename(aside, rig.root);
    expect(await rig.importAll()).toMatchObject({ id: away.id, state: 'completed', reason: null });
    expect(await rig.lines(away.id)).toEqual(['a.jpg: skipped unchanged']);
  });

  it('are not told of a folder that cannot be read, nor of one that a rule leaves out now', async () => {
    const rig = await workingRig({ 'locked/a.jpg': '1', '.shy/b.jpg': '2', 'c.jpg': '3' });
    await rig.importAll({ path: join(rig.root, '.shy') });
    await rig.importAll();
    await chmod(rig.dir, 0o755);
    await chmod(join(rig.root, 'locked'), 0);
    try {
      // Only the look at the folders is an ordinary user's; the databases are open already.
      const run = await asOrdinaryUser(() => rig.importAll());
      expect(await rig.lines(run.id)).toEqual(['c.jpg: skipped unchanged', 'locked: failed FILE_UNREADABLE']);
      expect((await rig.records()).every(({ missingSince }) => missingSince === null)).toBe(true);
    } finally {
      await chmod(join(rig.root, 'locked'), 0o755);
    }
  });
});

describe('files that were moved', () => {
  it('keep what was said of them, and leave no other line', async () => {
    const rig = await workingRig({ 'old.jpg': '1', 'stays.jpg': '2' });
    await rig.importAll();
    const [old] = await rig.records();
    await rig.store.setPayload(rig.catalog.id, [
      { imageIds: [old!.imageId], patch: { productId: 'P-1', metadata: { shelf: 4 } } },
    ]);
    await mkdir(join(rig.root, 'sub'));
    await rename(join(rig.root, 'old.jpg'), join(rig.root, 'sub/new.jpg'));
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['stays.jpg: skipped unchanged', 'sub/new.jpg: moved old.jpg']);
    const records = await rig.records();
    expect(records.map(({ fileName, productId }) => [fileName, productId])).toEqual([
      ['stays.jpg', undefined],
      ['new.jpg', 'P-1'],
    ]);
    expect(records[1]!.metadata).toEqual({ shelf: 4 });
    const again = await rig.importAll();
    expect(await rig.lines(again.id)).toEqual(['stays.jpg: skipped unchanged', 'sub/new.jpg: skipped unchanged']);
  });

  it('are found after they were missing for a while, each once', async () => {
    const rig = await workingRig({ 'old.jpg': '1' });
    await rig.importAll();
    await rm(join(rig.root, 'old.jpg'));
    await rig.write({ 'notes.txt': 'x' });
    await rig.importAll();
    await rig.write({ 'copy-a.jpg': '1', 'copy-b.jpg': '1' });
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual([
      'copy-a.jpg: moved old.jpg',
      'copy-b.jpg: indexed',
      'notes.txt: excluded extension',
    ]);
  });
});

it('follows links to files inside the folder only', async () => {
  const rig = await workingRig({ 'a.jpg': '1' });
  await symlink('a.jpg', join(rig.root, 'link.jpg'));
  await symlink('/etc/hostname', join(rig.root, 'outside.jpg'));
  await symlink('nothing', join(rig.root, 'dangling.jpg'));
  const run = await rig.importAll();
  expect(await rig.lines(run.id)).toEqual([
    'a.jpg: indexed',
    'dangling.jpg: failed FILE_NOT_FOUND',
    'link.jpg: indexed',
    'outside.jpg: excluded link-outside',
  ]);
});
