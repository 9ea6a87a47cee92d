import { appendFile, chmod, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageIdOf } from '../../../../src-core/domain/identity.ts';
import { asOrdinaryUser } from '../../../support/ordinary-user.ts';
import { fileOf, openRig, type Rig } from './rig.ts';

describe('what cannot be repaired without taking something out', () => {
  it('is a picture that rules leave out', async () => {
    const rig = await openRig(3);
    await rig.log.setRules((await rig.source()).id, { include: [], exclude: ['p01.*'] });
    const { differences, report } = await rig.fix();
    expect(differences).toMatchObject([
      { kind: 'left-out', path: rig.nameOf(fileOf(1)), details: { rule: 'exclude: p01.*' } },
    ]);
    expect(differences[0]!.todo).toBe(`imagefleet sources rules "${rig.root}" --exclude 'p01.*'`);
    expect(report).toMatchObject({ beyondRepair: 1, imports: [] });
    expect((await rig.verify()).lines).toEqual(['left-out: a/p01.png']);
  });

  it('is a second record under a wrong id, and one whose source is gone', async () => {
    const rig = await openRig(2);
    const record = (await rig.record(fileOf(0)))!;
    const ghost = { ...record, imageId: randomUUID() };
    const stray = { ...record, canonicalName: '/elsewhere/x.png', path: '/elsewhere/x.png', sourceId: randomUUID() };
    stray.imageId = imageIdOf(rig.catalog.id, stray.canonicalName);
    const vector = new Float32Array([1, 0]);
    await rig.store.upsert(rig.catalog.id, [
      { record: ghost, vector },
      { record: stray, vector },
    ]);
    const { lines, differences } = await rig.fix();
    expect(lines).toEqual(['no-source: /elsewhere/x.png', 'wrong-id: p00.png']);
    expect(differences.every(({ todo }) => todo !== null)).toBe(true);
    expect(await rig.store.count(rig.catalog.id)).toBe(4);
  });
});

async function unseen(rig: Rig): Promise<string[]> {
  const { lines, report } = await rig.fix({ deep: true });
  expect(lines).toEqual([]);
  expect((await rig.records()).every(({ missingSince }) => missingSince === null)).toBe(true);
  return report.notes;
}

describe('while files cannot be seen', () => {
  it('says that the root is away or empty, and calls nothing gone', async () => {
    const rig = await openRig(4);
    const aside = join(rig.dir, 'aside');
    await rename(rig.root, aside);
    expect(await unseen(rig)).toEqual([expect.stringContaining(`${rig.root} cannot be read`)]);
    await mkdir(rig.root); // an empty mount point
    expect(await unseen(rig)).toEqual([expect.stringContaining(`${rig.root} is empty, but files were there`)]);
    await rm(rig.root, { recursive: true });
    await rename(aside, rig.root);
    expect(await unseen(rig)).toEqual([]);
  });

  it('says that a drive below the root is away', async () => {
    const rig = await openRig(6);
    await rig.log.setMounts((await rig.source()).id, [join(rig.root, 'a')]);
    await rm(join(rig.root, 'a'), { recursive: true });
    expect(await unseen(rig)).toEqual([expect.stringContaining(`${rig.root}/a is away`)]);
  });

  it('counts a folder that cannot be read', async () => {
    const rig = await openRig(6);
    await chmod(rig.dir, 0o755);
    await chmod(join(rig.root, 'a'), 0);
    try {
      // Only the look at the folders is an ordinary user's; the databases are open already.
      const { lines, report } = await asOrdinaryUser(() => rig.verify());
      expect({ lines, failed: report.failed }).toEqual({ lines: [], failed: { FILE_UNREADABLE: 1 } });
    } finally {
      await chmod(join(rig.root, 'a'), 0o755);
    }
  });
});

it('counts a file that failed before apart, until it changes', async () => {
  const rig = await openRig(1);
  await writeFile(rig.nameOf('bad.png'), 'no picture');
  await rig.importAll();
  const before = await rig.verify();
  expect({ lines: before.lines, failed: before.report.failed }).toEqual({
    lines: [],
    failed: { UNSUPPORTED_FORMAT: 1 },
  });
  await rig.draw('bad.png', 7);
  expect((await rig.fix()).lines).toEqual(['not-indexed: bad.png']);
  expect((await rig.verify()).report).toMatchObject({ differences: {}, failed: {}, checked: { records: 2 } });
});

it('counts a picture that was replaced by one that fails apart too, and leaves its record', async () => {
  const rig = await openRig(2);
  await writeFile(rig.nameOf(fileOf(0)), 'no picture');
  expect((await rig.fix()).lines).toEqual([`changed: ${fileOf(0)}`]);
  const after = await rig.verify();
  expect({ lines: after.lines, failed: after.report.failed }).toEqual({ lines: [], failed: { UNSUPPORTED_FORMAT: 1 } });
  expect(await rig.record(fileOf(0))).toBeDefined();
});

it('finds a byte that changed in silence only when it reads all', async () => {
  const rig = await openRig(2);
  const path = rig.nameOf('sly.png');
  await rig.draw('sly.png', 9);
  await appendFile(path, 'a'); // after the picture's end, where decoders do not look
  await utimes(path, 1_000, 1_000);
  await rig.importAll();
  const before = (await rig.record('sly.png'))!;
  await rig.draw('sly.png', 9);
  await appendFile(path, 'b');
  await utimes(path, 1_000, 1_000);
  expect((await rig.verify()).lines).toEqual([]);
  expect((await rig.fix({ deep: true })).lines).toEqual(['other-bytes: sly.png']);
  expect((await rig.verify({ deep: true })).lines).toEqual([]);
  const after = (await rig.record('sly.png'))!;
  expect([after.bytes, after.mtimeMs]).toEqual([before.bytes, before.mtimeMs]);
  expect(after.contentHash).not.toBe(before.contentHash);
});

it('looks at one folder where it is asked to', async () => {
  const rig = await openRig(6);
  await rig.forget(fileOf(0));
  await rig.drop(fileOf(1));
  await rig.draw('a/new.png', 50);
  await rig.draw('new.png', 51);
  await rm(rig.nameOf(fileOf(2)));
  const { lines, report } = await rig.verify({ folder: join(rig.root, 'a') });
  expect(lines).toEqual(['gone: a/b/p02.png', 'no-record: a/p01.png', 'not-indexed: a/new.png']);
  expect(report.checked).toEqual({ files: 4, known: 4, records: 3 });
  await expect(rig.verify({ folder: rig.dir })).resolves.toMatchObject({ report: { checked: { files: 7 } } });
  await expect(rig.verify({ folder: '/nowhere' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(rig.root),
  });
});

it('tells of a file in two sources once, and wants one that is a source itself', async () => {
  const rig = await openRig(3);
  await rig.importAll({ path: join(rig.root, 'a') });
  await rig.draw('a/new.png', 50);
  await rig.draw('.hidden.png', 51);
  await rig.importAll({ path: join(rig.root, '.hidden.png') });
  expect((await rig.verify()).lines).toEqual(['not-indexed: a/new.png']);
});

it('follows what a manifest names', async () => {
  const rig = await openRig(0);
  await rig.draw('one.png', 1);
  await rig.draw('two.png', 2);
  await rig.draw('three.png', 3);
  const list = join(rig.dir, 'list.csv');
  await writeFile(list, 'path\npictures/one.png\npictures/two.png\npictures/gone.png\n');
  await rig.importAll({ path: list });
  expect((await rig.verify()).lines).toEqual([]);
  await rig.setKnown('one.png', { missingSince: 5 });
  await rig.setRecord('one.png', { missingSince: 5 });
  await rm(rig.nameOf('two.png'));
  await writeFile(list, 'path\npictures/one.png\npictures/two.png\npictures/three.png\n');
  expect((await rig.fix()).lines).toEqual(['back: one.png', 'gone: two.png', 'not-indexed: three.png']);
  expect((await rig.verify()).lines).toEqual([]);
});

describe('while an import is underway', () => {
  it('tells of no file whose task is still to be done', async () => {
    const rig = await openRig(2);
    await rig.queue.setPaused(true);
    await rig.draw('new.png', 50);
    await rig.draw(fileOf(0), 51);
    const { id } = await rig.imports.start({ catalogId: rig.catalog.id, path: rig.root });
    const stop = new AbortController();
    await rig.imports.run(id, { signal: stop.signal, onProgress: ({ walked }) => walked && stop.abort() });
    const { lines, report } = await rig.verify();
    expect({ lines, underway: report.underway }).toEqual({ lines: [], underway: 2 });
  });

  it('repairs nothing that another process imports', async () => {
    const rig = await openRig(2);
    await rig.drop(fileOf(0));
    const { id: sourceId, catalogId } = await rig.source();
    const run = await rig.log.openImport({ sourceId, catalogId, priority: 'normal', manifest: null });
    await rig.log.own(run.id, 'elsewhere', 60_000);
    await expect(rig.verify({ fix: true })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('elsewhere'),
    });
    const { lines, report } = await rig.verify();
    expect(lines).toEqual([`no-record: ${fileOf(0)}`]);
    expect(report.notes).toEqual([expect.stringContaining('is being imported')]);
  });
});

it('finds all of more than a page', async () => {
  const rig = await openRig(1);
  for (let n = 0; n < 600; n++) await writeFile(rig.nameOf(`n${n}.jpg`), String(n));
  const { report } = await rig.verify();
  expect(report).toMatchObject({ differences: { 'not-indexed': 600 }, checked: { files: 601 } });
});
