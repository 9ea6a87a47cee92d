import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { indexPayload } from '../../../src-core/domain/index-task.ts';
import { createLocate } from '../../../src-worker/handlers/index/locate.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HERE = 'here-00000001';
const payload = (canonicalName: string, path: string, root: string | null = null, rootName: string | null = null) =>
  indexPayload.parse({ path, canonicalName, imageId: crypto.randomUUID(), sourceId: null, root, rootName });
const locate = (map: string[], allowRoots: string[] = []) => createLocate({ map, allowRoots }, HERE);
const unseen = expect.objectContaining({ code: 'SOURCE_UNAVAILABLE' });

describe('the place of a picture', () => {
  it('is the producer’s where nothing is shared', async () => {
    const found = await locate([])(payload('/pictures/a/1.jpg', '/pictures/a/1.jpg', '/pictures'));
    expect(found).toEqual({ path: '/pictures/a/1.jpg', root: '/pictures' });
  });

  it('is found by the shared name, root and all', async () => {
    const task = payload(
      '/mnt/catalog/shop/1.jpg',
      'C:\\Catalog\\shop\\1.jpg',
      'C:\\Catalog\\shop',
      '/mnt/catalog/shop',
    );
    const found = await locate(['/mnt/catalog=/data/catalog'])(task);
    expect(found).toEqual({ path: '/data/catalog/shop/1.jpg', root: '/data/catalog/shop' });
  });

  it('has the shared folder as its root where the task has none, or one that reaches out of it', async () => {
    const inShared = locate(['/mnt/catalog=/data/catalog']);
    const plain = await inShared(payload('/mnt/catalog/1.jpg', '/mnt/catalog/1.jpg'));
    expect(plain).toEqual({ path: '/data/catalog/1.jpg', root: '/data/catalog' });
    const wide = await inShared(payload('/mnt/catalog/1.jpg', '/mnt/catalog/1.jpg', '/mnt', '/mnt'));
    expect(wide.root).toBe('/data/catalog');
  });

  it('is on another machine when that machine named it by a path of its own', async () => {
    const other = payload('there-00000002:/pictures/1.jpg', '/pictures/1.jpg', '/pictures', 'there-00000002:/pictures');
    await expect(locate([])(other)).rejects.toEqual(unseen);
    const own = payload(`${HERE}:/pictures/1.jpg`, '/pictures/1.jpg', '/pictures', `${HERE}:/pictures`);
    expect(await locate([])(own)).toEqual({ path: '/pictures/1.jpg', root: '/pictures' });
  });

  it('is on the machine that the task names, where the name names none', async () => {
    const task = payload('/pictures/1.jpg', '/pictures/1.jpg', '/pictures', '/pictures');
    await expect(locate([])({ ...task, machine: 'there-00000002' })).rejects.toEqual(unseen);
    expect(await locate([])({ ...task, machine: HERE })).toEqual({ path: '/pictures/1.jpg', root: '/pictures' });
    const shared = await locate(['/pictures=/mnt'])({ ...task, machine: 'there-00000002' });
    expect(shared).toEqual({ path: '/mnt/1.jpg', root: '/mnt' });
  });

  it('is not here when the path is of another system', async () => {
    await expect(locate([])(payload('C:/1.jpg', 'C:\\1.jpg'))).rejects.toEqual(unseen);
  });

  it('is not for this worker outside the allowed roots', async () => {
    const folder = await tempDir();
    await mkdir(join(folder, 'allowed'));
    const careful = locate([], [join(folder, 'allowed')]);
    const path = join(folder, 'allowed', '1.jpg');
    expect(await careful(payload(path, path))).toEqual({ path, root: join(folder, 'allowed') });
    for (const out of [join(folder, '1.jpg'), join(folder, 'allowed-too', '1.jpg'), `${folder}/allowed/../1.jpg`]) {
      await expect(careful(payload(out, out))).rejects.toEqual(unseen);
    }
  });

  it('is refused when the root of its source is a link out of the allowed roots', async () => {
    const folder = await tempDir();
    await mkdir(join(folder, 'allowed'));
    await mkdir(join(folder, 'secret'));
    await symlink(join(folder, 'secret'), join(folder, 'allowed', 'link'));
    const root = join(folder, 'allowed', 'link');
    const task = payload(join(root, '1.jpg'), join(root, '1.jpg'), root, root);
    const code = expect.objectContaining({ code: 'PATH_OUTSIDE_ROOT' });
    await expect(locate([], [join(folder, 'allowed')])(task)).rejects.toEqual(code);
  });
});
