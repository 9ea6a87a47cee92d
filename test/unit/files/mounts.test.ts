import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMountFinder, isUnmounted } from '../../../src-core/files/mounts.ts';
import { openRig } from '../services/imports/rig.ts';
import { CAN_MOUNT, mount } from '../../support/mount.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function meetAll(root: string, files: readonly string[]): Promise<string[]> {
  const finder = await createMountFinder(root);
  for (const file of files) await finder.meet(file, (await stat(file)).dev);
  return [...finder.mounts];
}

it('an ordinary folder holds no mounts', async () => {
  const root = await tempDir();
  await mkdir(join(root, 'a'));
  await writeFile(join(root, 'a/x.jpg'), 'x');
  expect(await meetAll(root, [join(root, 'a/x.jpg')])).toEqual([]);
  expect(await isUnmounted(join(root, 'a'))).toBe(true);
  expect(await isUnmounted(join(root, 'nothing'))).toBe(true);
});

describe.skipIf(!CAN_MOUNT)('mounts (needs a superuser who may mount)', () => {
  it.each([
    ['another drive', (_dir: string, point: string) => ['-t', 'tmpfs', 'none', point]],
    ['a folder of the same drive', (dir: string, point: string) => ['--bind', join(dir, 'drive'), point]],
  ])('are found where %s is mounted, and missed when it is not', async (_what, args) => {
    const dir = await tempDir();
    const root = join(dir, 'my photos');
    const point = join(root, 'a', 'usb stick');
    await mkdir(join(dir, 'drive'));
    await mkdir(point, { recursive: true });
    await symlink(root, join(dir, 'link'));
    const unmount = mount(...args(dir, point));
    await mkdir(join(point, 'deep'));
    await writeFile(join(point, 'deep/x.jpg'), 'x');
    await writeFile(join(root, 'y.jpg'), 'y');
    expect(await meetAll(root, [join(root, 'y.jpg'), join(point, 'deep/x.jpg')])).toEqual([point]);
    expect(await meetAll(point, [join(point, 'deep/x.jpg')])).toEqual([point]);
    const linked = join(dir, 'link', 'a', 'usb stick');
    expect(await meetAll(join(dir, 'link'), [join(linked, 'deep/x.jpg')])).toEqual([linked]);
    expect(await isUnmounted(point)).toBe(false);
    unmount();
    expect(await isUnmounted(point)).toBe(true);
  });

  it('below a source leave their pictures alone while they are away', async () => {
    const rig = await openRig();
    await rig.write({ 'a.jpg': '1' });
    const [drive, point] = [join(rig.dir, 'drive'), join(rig.root, 'usb')];
    await mkdir(drive);
    await mkdir(point);
    await writeFile(join(drive, 'b.jpg'), '2');
    const unmount = mount('--bind', drive, point);
    rig.startWorker();
    await rig.importAll();
    unmount();
    const run = await rig.importAll();
    expect(await rig.lines(run.id)).toEqual(['a.jpg: skipped unchanged', 'usb: failed SOURCE_UNAVAILABLE']);
    expect((await rig.records()).map(({ missingSince }) => missingSince)).toEqual([null, null]);
  });

  it('at the root keep an import waiting, whatever lies under them', async () => {
    const rig = await openRig();
    await rig.write({ 'under.jpg': '1' });
    const drive = join(rig.dir, 'drive');
    await mkdir(drive);
    await writeFile(join(drive, 'b.jpg'), '2');
    const unmount = mount('--bind', drive, rig.root);
    rig.startWorker();
    await rig.importAll();
    unmount();
    const { id } = await rig.imports.start({ path: rig.root, catalogId: rig.catalog.id });
    await expect(rig.imports.run(id, { impatient: true })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('imagefleet sources move'),
    });
    expect((await rig.records()).map(({ fileName }) => fileName)).toEqual(['b.jpg']);
    expect(await rig.log.ledger(id, {}, 10)).toEqual({ items: [], next: null });
  });
});
