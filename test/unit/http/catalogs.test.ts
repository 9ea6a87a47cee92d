import { expect, it } from 'vitest';
import { image } from '../../contract/vector-store/samples.ts';
import { AUTH, testServer } from './test-server.ts';

async function server() {
  const all = await testServer();
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
  expect((await send('DELETE', '/catalogs/x')).json()).toEqual({ deleted: 'x', images: 0 });
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
  expect((await send('DELETE', '/catalogs/shoes?confirm=2')).json()).toEqual({ deleted: 'shoes', images: 2 });
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
      { value: 'png', count: 2 },
      { value: 'gif', count: 1 },
    ],
  });
  expect(await facets('field=product_id&filter=format%3Dpng&limit=1')).toMatchObject({ facets: [{ count: 1 }] });
  expect(await facets('field=metadata.colour')).toEqual({ facets: [{ value: 'red', count: 1 }] });
  expect(await facets('field=nonsense')).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
  expect(await facets('')).toMatchObject({ status: 400, errors: [{ field: 'field' }] });
});
