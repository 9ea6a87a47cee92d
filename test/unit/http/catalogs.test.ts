import { describe, expect, it } from 'vitest';
import { image } from '../../contract/vector-store/samples.ts';
import { AUTH, storeIn, STORES, testServer } from './test-server.ts';

describe.each(STORES)('with the store in: %s', (where) => {
  async function server() {
    const all = await testServer(await storeIn(where));
    const send = (method: 'PATCH' | 'DELETE', url: string, payload?: object) =>
      all.app.inject({ method, url, headers: AUTH, ...(payload && { payload }) });
    return { ...all, send };
  }

  it('makes, renames and deletes catalogs', async () => {
    const { post, get, send } = await server();
    const made = await post('/catalogs', { name: 'shoes' });
    expect([made.statusCode, made.json()]).toMatchObject([201, { name: 'shoes', model: 'default-160', images: 0 }]);
    const { id } = made.json();
    expect((await post('/catalogs', { name: 'shoes' })).json()).toMatchObject({ status: 409, code: 'CONFLICT' });
    await post('/catalogs', { name: 'hats' });
    expect((await send('PATCH', '/catalogs/shoes', { name: 'boots' })).json()).toMatchObject({ id, name: 'boots' });
    expect((await send('PATCH', `/catalogs/${id}`, { name: 'hats' })).json()).toMatchObject({ status: 409 });
    expect((await get('/catalogs/boots')).json()).toMatchObject({ id });
    expect((await get('/catalogs/shoes')).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    // The field of the path is the one that counts.
    expect((await send('PATCH', '/catalogs/boots', { name: 'x', catalog: 'hats' })).json()).toMatchObject({ id });
    expect((await send('DELETE', '/catalogs/x')).json()).toEqual({
      deleted: 'x',
      images: 0,
      cancelled_tasks: 0,
    });
    expect((await get('/catalogs')).json()).toMatchObject({ catalogs: [{ name: 'hats' }] });
    for (const name of ['', 'a/b', 'x'.repeat(101), 7]) {
      expect([name, (await post('/catalogs', { name })).json()]).toMatchObject([name, { status: 400 }]);
    }
  });

  it('deletes a catalog with pictures only for their number', async () => {
    const { console, send } = await server();
    const catalog = await console.ensureCatalog('shoes');
    await (await console.store()).upsert(catalog.id, [image(catalog, 'a'), image(catalog, 'b')]);
    for (const query of ['', '?confirm=1', '?confirm=3']) {
      expect((await send('DELETE', `/catalogs/shoes${query}`)).json()).toMatchObject({
        status: 400,
        errors: [{ field: 'confirm', problem: 'must be 2' }],
      });
    }
    expect((await send('DELETE', '/catalogs/shoes?confirm=x')).json()).toMatchObject({ status: 400 });
    expect((await send('DELETE', '/catalogs/shoes?confirm=2')).json()).toEqual({
      deleted: 'shoes',
      images: 2,
      cancelled_tasks: 0,
    });
  });

  it('cancels the tasks of a deleted catalog only for the number of both', async () => {
    const { console, send } = await server();
    const catalog = await console.ensureCatalog('shoes');
    const other = await console.ensureCatalog('hats');
    await (await console.store()).upsert(catalog.id, [image(catalog, 'a')]);
    const queue = await console.queue();
    const task = (id: string, { id: catalogId }: typeof catalog) => ({
      id,
      catalogId,
      payload: { path: `/${id}.jpg` },
    });
    await queue.enqueue([task('t1', catalog), task('t2', catalog), task('t3', catalog), task('t4', other)]);
    await queue.cancel({ ids: ['t3'] });
    for (const query of ['', '?confirm=1', '?confirm=2', '?confirm=4']) {
      expect((await send('DELETE', `/catalogs/shoes${query}`)).json()).toMatchObject({
        status: 400,
        detail: expect.stringContaining('1 pictures would leave the catalog and 2 tasks that wait or run be cancelled'),
        errors: [{ field: 'confirm', problem: 'must be 3: 1 pictures, 2 tasks' }],
      });
    }
    expect((await queue.stats()).counts).toMatchObject({ waiting: 3, cancelled: 1 });
    expect((await send('DELETE', '/catalogs/shoes?confirm=3')).json()).toEqual({
      deleted: 'shoes',
      images: 1,
      cancelled_tasks: 2,
    });
    expect((await queue.stats()).counts).toMatchObject({ waiting: 1, cancelled: 3 });
    // Without pictures it is the tasks that count.
    expect((await send('DELETE', '/catalogs/hats')).json()).toMatchObject({ status: 400 });
    expect((await send('DELETE', '/catalogs/hats?confirm=1')).json()).toMatchObject({ cancelled_tasks: 1 });
  });

  it('counts the values of a field', async () => {
    const { console, get } = await server();
    const catalog = await console.ensureCatalog('shoes');
    const records = [
      image(catalog, 'a', { format: 'png', productId: '1', metadata: { colour: 'red' } }),
      image(catalog, 'b', { format: 'png', productId: '2' }),
      image(catalog, 'c', { format: 'gif', productId: '1' }),
    ];
    await (await console.store()).upsert(catalog.id, records);
    const facets = async (query: string) => (await get(`/catalogs/shoes/facets?${query}`)).json();
    expect(await facets('field=format')).toEqual({
      facets: [
        { value: 'png', count: 2, filter: ['format=png'] },
        { value: 'gif', count: 1, filter: ['format=gif'] },
      ],
    });
    expect(await facets('field=product_id&filter=format%3Dpng&limit=1')).toMatchObject({ facets: [{ count: 1 }] });
    expect(await facets('field=metadata.colour')).toEqual({
      facets: [{ value: 'red', count: 1, filter: ['metadata.colour=red'] }],
    });
    expect(await facets('field=nonsense')).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    expect(await facets('')).toMatchObject({ status: 400, errors: [{ field: 'field' }] });
  });

  it('counts years, sizes and folders, each with the conditions that choose it', async () => {
    const { console, get } = await server();
    const catalog = await console.ensureCatalog('shoes');
    const records = [
      image(catalog, 'photos/a', { format: 'png', capturedAt: Date.parse('2024-12-31T23:59:59Z'), width: 255 }),
      image(catalog, 'photos/b', { format: 'gif', capturedAt: Date.parse('2024-01-01T00:00:00Z'), width: 256 }),
      image(catalog, 'photos/c', { format: 'png', capturedAt: Date.parse('1970-05-01T00:00:00Z'), width: 9_000 }),
      image(catalog, 'scans/d', { format: 'png', productId: 'a,b', width: 1_023 }),
    ];
    await (await console.store()).upsert(catalog.id, records);
    const log = await console.importLog();
    for (const path of ['/pictures/photos', '/pictures/empty']) {
      await log.ensureSource({ catalogId: catalog.id, kind: 'folder', root: path, path });
    }
    const facets = async (query: string) => (await get(`/catalogs/shoes/facets?${query}`)).json().facets;
    expect(await facets('field=year')).toEqual([
      { value: '2024', count: 2, filter: ['captured_at=2024'] },
      { value: 'before 1990', count: 1, filter: ['captured_at<1990'] },
    ]);
    expect(await facets('field=year&filter=format%3Dgif')).toMatchObject([{ value: '2024', count: 1 }]);
    expect(await facets('field=size')).toEqual([
      { value: 'tiny', count: 1, filter: ['width>=0', 'width<256'] },
      { value: 'small', count: 2, filter: ['width>=256', 'width<1024'] },
      { value: 'huge', count: 1, filter: ['width>=4096'] },
    ]);
    expect(await facets('field=folder')).toEqual([
      { value: '/pictures/photos', count: 3, filter: ['folder=/pictures/photos'] },
    ]);
    expect(await facets('field=file_size')).toMatchObject([{ count: 4, filter: [expect.any(String), 'bytes<100000'] }]);
    const odd = ['product_id="a,b"'];
    expect(await facets('field=product_id&filter=product_id%3Da*')).toEqual([{ value: 'a,b', count: 1, filter: odd }]);
    expect(await facets(`field=size&filter=${encodeURIComponent(odd[0]!)}`)).toMatchObject([
      { value: 'small', count: 1 },
    ]);
  });
});
