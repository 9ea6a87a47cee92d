import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { pictureIdOf } from '../../../src-core/domain/naming.ts';
import { image } from '../../contract/vector-store/samples.ts';
import { picture } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { AUTH, storeIn, STORES, testServer } from './test-server.ts';

const sha256 = (text: string): string => text.padStart(64, '0');

describe.each(STORES)('with the store in: %s', (where) => {
  /** A server that knows pictures of a folder, as workers would have stored them. */
  async function gallery(settings = {}) {
    const base = await tempDir();
    const root = join(base, 'pictures');
    await mkdir(root);
    const server = await testServer({ paths: { allowRoots: [root] }, ...settings, ...(await storeIn(where)) });
    const catalog = await server.console.ensureCatalog('default');
    const store = await server.console.store();

    async function add(path: string, bytes: Uint8Array, changes: Partial<ImageRecord> = {}): Promise<string> {
      await writeFile(path, bytes);
      const { size, mtimeMs } = await stat(path);
      const facts = { format: 'png', bytes: size, mtimeMs, contentHash: sha256('a'), ...changes } as const;
      const one = image(catalog, path, { canonicalName: path, path, ...facts });
      await store.upsert(catalog.id, [one]);
      return one.record.imageId;
    }
    const remove = (url: string) => server.app.inject({ method: 'DELETE', url, headers: AUTH });
    return { ...server, base, root, catalog, store, add, remove };
  }

  it('answers the record of a picture, by its id in any catalog or in one', async () => {
    const { root, add, get, catalog, console } = await gallery();
    const path = join(root, 'a.png');
    const id = await add(path, await picture(1), { productId: 'P7', metadata: { colour: 'red' } });
    await console.ensureCatalog('other');
    expect((await get(`/images/${id}`)).json()).toMatchObject({
      image_id: id,
      catalog: 'default',
      catalog_id: catalog.id,
      path,
      product_id: 'P7',
      metadata: { colour: 'red' },
      content_hash: sha256('a'),
      indexed_at: '2023-11-14T22:15:00.000Z',
    });
    expect((await get(`/images/${id.toUpperCase()}?catalog=${catalog.id}`)).statusCode).toBe(200);
    expect((await get(`/images/${id}?catalog=other`)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    for (const wrong of ['7', '..%2f..%2fetc', `${id}x`]) {
      expect((await get(`/images/${wrong}`)).json()).toMatchObject({ status: 400, errors: [{ field: 'image_id' }] });
      expect((await get(`/images/${wrong}/file`)).statusCode).toBe(400);
    }
  });

  it('lists pictures page by page', async () => {
    const { root, add, get } = await gallery();
    const formats = ['png', 'jpeg', 'png'] as const;
    const ids = await Promise.all(
      formats.map(async (format, n) => add(join(root, `${n}.png`), await picture(n), { format })),
    );
    const first = (await get('/images?limit=2')).json();
    const second = (await get(`/images?limit=2&after=${first.next}`)).json();
    const found = [...first.images, ...second.images].map(({ image_id }: { image_id: string }) => image_id);
    expect([found, second.next]).toEqual([ids.toSorted(), null]);
    const some = await get('/images?filter=format%3Dpng&filter=product_id!%3D*');
    expect(some.json().images).toHaveLength(2);
    expect((await get('/images?filter=nonsense')).json()).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
  });

  it('makes a thumbnail once, and says when a caller has it already', async () => {
    const { root, add, get, console } = await gallery();
    const path = join(root, 'a.png');
    const id = await add(path, await picture(3, 400));
    const answer = await get(`/images/${id}/thumbnail?edge=128`);
    expect(answer.headers['content-type']).toBe('image/webp');
    expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 128, height: 128 });
    const { etag } = answer.headers;
    const again = await get(`/images/${id}/thumbnail?edge=128`, { ...AUTH, 'if-none-match': `W/"x", ${etag}` });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    // The cache outlives the file, as a picture that is missing is still searched.
    await rm(path);
    expect((await get(`/images/${id}/thumbnail?edge=128`)).rawPayload.equals(answer.rawPayload)).toBe(true);
    expect((await get(`/images/${id}/thumbnail?edge=256`)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect((await get(`/images/${id}/thumbnail?edge=100`)).json()).toMatchObject({ status: 400 });
    const kept = await readdir(join(console.dataDir.root, 'thumbnails'), { recursive: true });
    expect(kept.filter((name) => name.endsWith('.webp'))).toHaveLength(1);
  });

  it('keeps nothing of a file that changed since it was indexed', async () => {
    const { root, add, get, console } = await gallery();
    const path = join(root, 'a.png');
    const id = await add(path, await picture(3));
    await writeFile(path, await picture(4, 64));
    const answer = await get(`/images/${id}/thumbnail`);
    expect([answer.statusCode, answer.headers.etag, answer.headers['cache-control']]).toEqual([
      200,
      undefined,
      'no-store',
    ]);
    expect(await readdir(console.dataDir.root)).not.toContain('thumbnails');
  });

  it('says of a picture that cannot be decoded what is wrong with it', async () => {
    const { root, add, get } = await gallery();
    const id = await add(join(root, 'a.png'), Buffer.from('no picture'));
    expect((await get(`/images/${id}/thumbnail`)).json()).toMatchObject({ status: 422, code: 'UNSUPPORTED_FORMAT' });
  });

  it('streams the file, whole or in parts', async () => {
    const { root, add, get, app } = await gallery();
    const path = join(root, 'Stuhl “blau” (1).png');
    const bytes = await picture(5, 100);
    const id = await add(path, bytes);
    const url = `/images/${id}/file`;
    const whole = await get(url);
    expect(whole.rawPayload.equals(bytes)).toBe(true);
    expect(whole.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'content-disposition': "inline; filename*=UTF-8''Stuhl%20%E2%80%9Cblau%E2%80%9D%20%281%29.png",
    });
    const part = async (range: string, headers = {}) => {
      const { statusCode, rawPayload, headers: sent } = await get(url, { ...AUTH, range, ...headers });
      return [statusCode, rawPayload, sent['content-range']];
    };
    const size = bytes.length;
    expect(await part('bytes=10-19')).toEqual([206, bytes.subarray(10, 20), `bytes 10-19/${size}`]);
    expect(await part('bytes=10-')).toEqual([206, bytes.subarray(10), `bytes 10-${size - 1}/${size}`]);
    expect(await part('bytes=-5')).toEqual([206, bytes.subarray(-5), `bytes ${size - 5}-${size - 1}/${size}`]);
    expect(await part(`bytes=0-${size * 2}`)).toEqual([206, bytes, `bytes 0-${size - 1}/${size}`]);
    expect(await part(`bytes=${size}-`)).toEqual([416, Buffer.alloc(0), `bytes */${size}`]);
    for (const nonsense of ['bytes=5-2', 'bytes=', 'lines=1-2', 'bytes=1-2,4-5', 'bytes=a-b']) {
      expect(await part(nonsense)).toEqual([200, bytes, undefined]);
    }
    const etag = String(whole.headers.etag);
    expect((await part('bytes=0-1', { 'if-range': etag }))[0]).toBe(206);
    expect((await part('bytes=0-1', { 'if-range': '"other"' }))[0]).toBe(200);
    expect((await get(url, { ...AUTH, 'if-none-match': etag })).statusCode).toBe(304);
    const head = await app.inject({ method: 'HEAD', url, headers: AUTH });
    expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([200, String(size), '']);
  });

  it('reads nothing outside the roots, whatever a record says', async () => {
    const { base, root, add, get } = await gallery();
    const secret = join(base, 'secret.png');
    const outside = await add(secret, await picture(1));
    const dotted = await add(join(root, '..', 'secret.png').replace(base, `${root}/..`), await picture(1));
    await symlink(secret, join(root, 'link.png'));
    const linked = await add(join(root, 'link.png'), await picture(1));
    await mkdir(join(root, 'folder.png'));
    for (const id of [outside, dotted, linked]) {
      for (const what of ['file', 'thumbnail']) {
        expect((await get(`/images/${id}/${what}`)).json()).toMatchObject({ status: 403, code: 'PATH_OUTSIDE_ROOT' });
      }
    }
  });

  it('follows a link inside the roots, and says when a file is gone', async () => {
    const { root, add, get } = await gallery();
    const bytes = await picture(1);
    await writeFile(join(root, 'real.png'), bytes);
    await symlink(join(root, 'real.png'), join(root, 'link.png'));
    const id = await add(join(root, 'link.png'), bytes);
    expect((await get(`/images/${id}/file`)).rawPayload.equals(bytes)).toBe(true);
    await rm(join(root, 'link.png'));
    expect((await get(`/images/${id}/file`)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('takes a picture out, so that another import takes it in again', async () => {
    const { root, add, get, remove, console, catalog, store } = await gallery();
    const path = join(root, 'a.png');
    const id = await add(path, await picture(1));
    const log = await console.importLog();
    const known = { path, sourceId: '', bytes: 1, mtimeMs: 1, contentHash: 'x', model: 'm', inode: null };
    await log.remember(catalog.id, [
      { ...known, name: path, imageId: id, missingSince: null },
      { ...known, name: join(root, 'b.png'), imageId: 'another', missingSince: null },
    ]);
    expect((await remove(`/images/${id}`)).json()).toEqual({ deleted: id, catalog: 'default' });
    expect((await remove(`/images/${id}`)).json()).toMatchObject({ status: 404 });
    expect((await get(`/images/${id}`)).statusCode).toBe(404);
    expect(await store.count(catalog.id)).toBe(0);
    expect((await log.known(catalog.id, {}, 10)).items.map(({ name }) => name)).toEqual([join(root, 'b.png')]);
    expect((await readFile(path)).length).toBeGreaterThan(0);
  });

  it('takes out what matches, or some, only for its number', async () => {
    const { root, add, get, post, console, catalog, store } = await gallery();
    const formats = ['png', 'jpeg', 'png', 'gif'] as const;
    const paths = formats.map((_, n) => join(root, `${n}.png`));
    const ids = await Promise.all(
      formats.map(async (format, n) => add(paths[n]!, await picture(n), { format, productId: n === 2 ? 'a,b' : 'c' })),
    );
    const log = await console.importLog();
    const known = { sourceId: '', bytes: 1, mtimeMs: 1, contentHash: 'x', model: 'm', inode: null, missingSince: null };
    await log.remember(
      catalog.id,
      paths.map((path, n) => ({ ...known, name: path, path, imageId: ids[n]! })),
    );
    const total = async (filter: string) => (await get(`/images/count?filter=${encodeURIComponent(filter)}`)).json();
    expect(await total('format=png')).toEqual({ total: 2 });
    expect(await total('product_id="a,b"')).toEqual({ total: 1 });
    expect((await get('/images/count')).json()).toEqual({ total: 4 });

    const filter = ['format=png'];
    for (const confirm of [{}, { confirm: 1 }, { confirm: 4 }]) {
      expect((await post('/images/remove', { filter, ...confirm })).json()).toMatchObject({
        status: 400,
        errors: [{ field: 'confirm', problem: 'must be 2' }],
      });
    }
    // Nothing that says which is never everything.
    for (const which of [
      {},
      { filter: [] },
      { filter: [], confirm: 4 },
      { image_ids: [], confirm: 4 },
      { filter, image_ids: ids },
    ]) {
      expect([which, (await post('/images/remove', which)).json()]).toMatchObject([which, { status: 400 }]);
      expect([which, (await post('/images/again', which)).json()]).toMatchObject([which, { status: 400 }]);
    }
    expect(await store.count(catalog.id)).toBe(4);

    const step = await post('/images/remove', { filter, confirm: 2, most: 1 });
    expect(step.json()).toEqual({ removed: 1, left: 1, catalog: 'default' });
    expect((await post('/images/remove', { filter, confirm: 2 })).json()).toMatchObject({ status: 400 });
    expect((await post('/images/remove', { filter, confirm: 1 })).json()).toMatchObject({ removed: 1, left: 0 });
    const left = (await log.known(catalog.id, {}, 10)).items.map(({ name }) => name);
    expect(left).toEqual([paths[1], paths[3]]);
    expect((await post('/images/remove', { image_ids: [ids[1], ids[0]] })).json()).toMatchObject({ removed: 1 });
    const all = { filter: ['image_id=*'], confirm: 1 };
    expect((await post('/images/remove', all)).json()).toMatchObject({ removed: 1 });
    expect([await store.count(catalog.id), (await log.known(catalog.id, {}, 10)).items]).toEqual([0, []]);
    expect(await readdir(root)).toHaveLength(4);
  });

  it('indexes again what has not changed, by an import of its folder or by itself', async () => {
    const { root, add, post, console, catalog } = await gallery();
    const folder = join(root, 'shoes');
    await mkdir(folder);
    const log = await console.importLog();
    const source = await log.ensureSource({ catalogId: catalog.id, kind: 'folder', root: folder, path: folder });
    const paths = ['a.png', 'b.png', 'c.png'].map((name) => join(folder, name));
    for (const [n, path] of paths.entries()) {
      const imageId = pictureIdOf(catalog.id, source.naming, path);
      await add(path, await picture(n), { imageId, productId: `P-${n}` });
      const { size: bytes, mtimeMs } = await stat(path);
      const same = { bytes, mtimeMs, contentHash: sha256('a'), model: catalog.model, inode: null };
      await log.remember(catalog.id, [{ ...same, name: path, path, sourceId: source.id, imageId, missingSince: null }]);
    }
    const alone = join(root, 'alone.png');
    await add(alone, await picture(7), { productId: 'P-7' });
    const gone = await add(join(root, 'gone.png'), await picture(8), { missingSince: 5 });

    const which = { filter: ['file_name!=c.png'] };
    const answer = (await post('/images/again', which)).json();
    expect(answer).toEqual({ images: 3, import_ids: [expect.any(String)], queued: 1, missing: 1 });
    const queue = await console.queue();
    // The same pictures, with what was said of them; the third one of the folder is skipped as it is.
    await vi.waitFor(async () => {
      const { items } = await queue.list({}, 10);
      const tasks = items.map(({ payload }) => payload as { path: string; productId: string });
      expect(tasks.map(({ path, productId }) => [path, productId]).toSorted()).toEqual([
        [alone, 'P-7'],
        [paths[0], 'P-0'],
        [paths[1], 'P-1'],
      ]);
    });
    expect((await post('/images/again', { image_ids: [gone] })).json()).toMatchObject({ code: 'CONFLICT' });
  });

  it('lets the thumbnails go that were not asked for longest', async () => {
    const { root, add, get, console } = await gallery({ thumbnails: { maxBytes: 4_000 } });
    const folder = join(console.dataDir.root, 'thumbnails');
    const files = async () =>
      (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.webp')).toSorted();
    const ids: string[] = [];
    for (let n = 0; n < 30; n++) {
      const id = await add(join(root, `${n}.png`), await picture(n, 128), { contentHash: sha256(`${n + 10}`) });
      ids.push(id);
      expect((await get(`/images/${id}/thumbnail?edge=128`)).statusCode).toBe(200);
      // Asked for long ago; the first one is asked for all the time.
      for (const name of await files()) {
        const age = new Date(Date.now() - 1_000_000 + n * 1_000);
        if (name.includes(sha256(`${n + 10}`))) await utimes(join(folder, name), age, age);
      }
      await get(`/images/${ids[0]}/thumbnail?edge=128`);
    }
    const left = await files();
    const sizes = await Promise.all(left.map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4_000);
    expect(left.some((name) => name.includes(sha256('10')))).toBe(true);
    expect(left.some((name) => name.includes(sha256('11')))).toBe(false);
  });
});
