import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createRoots } from '../../../src-main/http/roots.ts';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { AUTH, testServer } from './test-server.ts';

/** A server with a folder of pictures that nobody indexes: there are no workers. */
async function importer(count = 3) {
  const base = await tempDir();
  const root = join(base, 'pictures');
  const paths = await makePictures(root, count);
  const server = await testServer({ paths: { allowRoots: [root] } });
  const send = (method: 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
    server.app.inject({ method, url, headers: AUTH, ...(payload && { payload }) });

  async function start(body: object = {}): Promise<string> {
    const answer = await server.post('/imports', { path: root, ...body });
    expect(answer.statusCode).toBe(201);
    const { import_id: id } = answer.json();
    await vi.waitFor(async () => expect((await server.get(`/imports/${id}`)).json().state).toBe('draining'), 20_000);
    return id;
  }
  const end = async (id: string) => expect((await server.post(`/imports/${id}/cancel`, {})).statusCode).toBe(200);
  return { ...server, base, root, paths, send, start, end };
}

it('says what is wrong with an import', async () => {
  const { post, get, root, base, paths } = await importer();
  await symlink(base, join(root, 'way-out'));
  const wrong: [object, object][] = [
    [{}, { status: 400, errors: [{ field: 'path' }] }],
    [{ path: 'pictures' }, { status: 400, errors: [{ field: 'path' }] }],
    [{ path: '/etc' }, { status: 403, code: 'PATH_OUTSIDE_ROOT' }],
    [{ path: join(root, '..') }, { status: 403, code: 'PATH_OUTSIDE_ROOT' }],
    [{ path: join(root, 'way-out') }, { status: 403, code: 'PATH_OUTSIDE_ROOT' }],
    [
      { path: root, manifest: '/etc/hosts.csv' },
      { status: 403, code: 'PATH_OUTSIDE_ROOT' },
    ],
    [{ path: join(root, 'none') }, { status: 400, code: 'INVALID_INPUT' }],
    [
      { path: root, colour: 'red' },
      { status: 400, errors: [{ field: 'colour' }] },
    ],
    [
      { path: root, include: [''] },
      { status: 400, errors: [{ field: 'include.0' }] },
    ],
    [
      { path: root, manifest: paths[0] },
      { status: 400, code: 'INVALID_MANIFEST' },
    ],
  ];
  for (const [body, problem] of wrong) {
    expect([body, (await post('/imports', body)).json()]).toMatchObject([body, problem]);
  }
  const id = 'c0ffee00-0000-4000-8000-000000000000';
  expect((await get(`/imports/${id}`)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  expect((await get(`/imports/${id}/ledger.csv`)).json()).toMatchObject({ status: 404 });
  expect((await get(`/imports/${id}/ledger`)).json()).toMatchObject({ status: 404 });
  expect((await get('/imports/7')).json()).toMatchObject({ status: 400, errors: [{ field: 'import_id' }] });
  expect((await get('/imports?limit=0')).json()).toMatchObject({ status: 400, errors: [{ field: 'limit' }] });
  expect((await get('/imports')).json()).toEqual({ imports: [] });
});

it('says when a source was last looked through', async () => {
  const { get, start, end, console } = await importer();
  const id = await start();
  const { created_at } = (await get(`/imports/${id}`)).json();
  expect((await get('/sources')).json().sources).toMatchObject([{ scanned_at: created_at }]);
  await end(id);
  expect((await get('/sources')).json().sources).toMatchObject([{ scanned_at: null }]);
  expect(await (await console.imports()).list(10)).toHaveLength(1);
});

it('tells what became of each file, in pages and as CSV', async () => {
  const { get, start, end, root, paths } = await importer();
  await writeFile(join(root, 'notes, "old".txt'), '');
  const id = await start();
  const first = (await get(`/imports/${id}/ledger?limit=3`)).json();
  const second = (await get(`/imports/${id}/ledger?limit=3&cursor=${encodeURIComponent(first.next)}`)).json();
  const lines: { path: string; outcome: string }[] = [...first.lines, ...second.lines];
  expect(lines.map(({ path, outcome }) => [path, outcome]).toSorted()).toEqual(
    [...paths.map((path) => [path, 'open']), [join(root, 'notes, "old".txt'), 'excluded']].toSorted(),
  );
  const excluded = await get(`/imports/${id}/ledger?outcome=excluded,missing`);
  expect(excluded.json()).toMatchObject({ lines: [{ outcome: 'excluded', reason: 'extension' }], next: null });
  expect((await get(`/imports/${id}/ledger?outcome=lost`)).json()).toMatchObject({ status: 400 });
  await end(id);
  const csv = await get(`/imports/${id}/ledger.csv?outcome=cancelled&outcome=excluded`);
  expect(csv.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8' });
  const rows = csv.body.trimEnd().split('\n');
  expect(rows).toHaveLength(1 + paths.length + 1);
  expect(csv.body).toContain(`"${root}/notes, ""old"".txt",excluded,extension,`);
});

it('takes a manifest, and facts for a folder', async () => {
  const { start, get, root, paths, end } = await importer();
  const manifest = join(root, 'facts.csv');
  await writeFile(manifest, `path,product_id\n${paths[0]},P1\n${paths[1]},P2\n`);
  const id = await start({ path: manifest });
  expect((await get(`/imports/${id}`)).json()).toMatchObject({ root: manifest, discovered: 2, open: 2 });
  await end(id);
  const other = await start({ manifest });
  expect((await get(`/imports/${other}`)).json()).toMatchObject({ root, open: paths.length });
  expect((await get('/sources')).json()).toMatchObject({ sources: [{ kind: 'folder' }, { kind: 'manifest' }] });
});

it('tells how a manifest would be read, and reads it so', async () => {
  const { post, get, start, root, paths, end } = await importer();
  const manifest = join(root, 'facts.csv');
  await writeFile(manifest, `Bild,Titel,colour\n${paths[0]},One,red\n,Two,\n`);
  expect((await post('/imports/manifest', { path: manifest })).json()).toEqual({
    columns: ['Bild', 'Titel', 'colour'],
    fields: { path: null, product_id: null, name: null, description: null },
    rows: [],
  });
  const columns = { path: 'Bild', name: 'Titel' };
  const nothing = { path: null, product_id: null, name: null, description: null, metadata: {}, problem: null };
  expect((await post('/imports/manifest', { path: manifest, columns })).json()).toMatchObject({
    fields: { path: 'Bild', name: 'Titel' },
    rows: [
      { ...nothing, line: 2, path: paths[0], name: 'One', metadata: { colour: 'red' } },
      { ...nothing, line: 3, problem: 'line 3: path: must not be empty' },
    ],
  });
  expect((await post('/imports/manifest', { path: '/etc/a.csv' })).json()).toMatchObject({ code: 'PATH_OUTSIDE_ROOT' });
  expect((await post('/imports', { path: manifest })).json()).toMatchObject({ code: 'INVALID_MANIFEST' });
  const id = await start({ path: manifest, columns });
  expect((await get(`/imports/${id}`)).json()).toMatchObject({ open: 1, failed: 1, started_by: 'api' });
  expect((await get('/sources')).json()).toMatchObject({ sources: [{ columns }] });
  await end(id);
});

it('takes no manifest that nobody knows where no root bounds its lines', async () => {
  const root = await tempDir();
  const manifest = join(root, 'list.csv');
  await writeFile(manifest, 'path\n/etc/secret.png\n');
  const roots = createRoots({ allowed: [], imported: async () => [root], folders: [] });
  const { post, console } = await testServer({}, { roots });
  const refused = { status: 403, code: 'PATH_OUTSIDE_ROOT' };
  expect((await post('/imports', { path: manifest })).json()).toMatchObject(refused);
  // The operator's own, by the command line.
  const { id: catalogId } = await console.ensureCatalog('default');
  const imports = await console.imports();
  const { id } = await imports.start({ catalogId, path: manifest });
  expect((await post('/imports', { path: manifest })).json()).toMatchObject({ import_id: id });
});

it('changes rules, and takes out and prunes pictures, only for their number', async () => {
  const { console, start, end, get, post, send, root, paths } = await importer();
  const id = await start();
  const { sources } = (await get('/sources?catalog=default')).json();
  const url = `/sources/${sources[0].id}`;
  expect((await send('PUT', `${url}/rules`, { exclude: ['a/'] })).json()).toMatchObject({ status: 409 });
  await end(id);
  // As if they had been indexed.
  const log = await console.importLog();
  const { id: catalogId } = await (await console.catalogs()).get('default');
  const known = paths.map((path, n) => ({
    name: path,
    path,
    sourceId: sources[0].id as string,
    imageId: `00000000-0000-4000-8000-00000000000${n}`,
    bytes: 1,
    mtimeMs: 1,
    contentHash: String(n),
    model: 'default-160',
    inode: null,
    missingSince: null,
  }));
  await log.remember(catalogId, known);

  const report = await post('/catalogs/default/verify', { deep: true });
  expect(report.json()).toMatchObject({
    catalog: 'default',
    checked: { known: 3, records: 0 },
    differences: { 'no-record': 3 },
    found: [{ kind: 'no-record', image_id: expect.any(String) }, {}, {}],
    beyond_repair: 0,
  });
  const rules = { exclude: ['*-00001.png'] };
  expect((await send('PUT', `${url}/rules`, rules)).json()).toMatchObject({
    status: 400,
    errors: [{ field: 'confirm', problem: 'must be 1' }],
  });
  expect((await send('PUT', `${url}/rules`, { ...rules, confirm: 1 })).json()).toMatchObject({
    ...rules,
    removed: 1,
    cancelled_tasks: 0,
    pictures: 2,
  });
  await log.remember(catalogId, [
    { ...known[0]!, path: join(root, 'gone.png'), name: join(root, 'gone.png'), missingSince: 7 },
  ]);
  expect((await post('/catalogs/default/prune', {})).json()).toMatchObject({ errors: [{ field: 'confirm' }] });
  expect((await post('/catalogs/default/prune', { confirm: 1 })).json()).toEqual({ pruned: 1, came_back: 0 });
  expect((await send('DELETE', url)).json()).toMatchObject({ errors: [{ problem: 'must be 2' }] });
  expect((await send('DELETE', `${url}?confirm=2`)).json()).toEqual({
    removed: 2,
    cancelled_tasks: 0,
    path: root,
  });
  expect((await get('/sources')).json()).toEqual({ sources: [] });

  // Tasks that somebody has retried are named, and cancelled.
  const again = await start();
  await end(again);
  expect(await (await console.queue()).retry({ importId: again })).toBe(3);
  const [retried] = (await get('/sources')).json().sources;
  expect(retried).toMatchObject({ pictures: 0, open_tasks: 3 });
  const refused = { errors: [{ problem: 'must be 3: 0 pictures, 3 tasks' }] };
  expect((await send('DELETE', `/sources/${retried.id}`)).json()).toMatchObject(refused);
  const removed = { removed: 0, cancelled_tasks: 3, path: root };
  expect((await send('DELETE', `/sources/${retried.id}?confirm=3`)).json()).toEqual(removed);
  expect((await readFile(paths[0]!)).length).toBeGreaterThan(0);
});

it('says that a source lies elsewhere now, within the roots', async () => {
  const { start, end, get, post, root } = await importer();
  await mkdir(join(root, 'other'));
  const id = await start({ path: join(root, 'part-0') });
  await end(id);
  const { sources } = (await get('/sources')).json();
  const url = `/sources/${sources[0].id}/move`;
  expect((await post(url, { path: '/etc' })).json()).toMatchObject({ status: 403 });
  expect((await post(url, { path: join(root, 'other') })).json()).toMatchObject({
    path: join(root, 'other'),
    moved: 0,
  });
  const unknown = '/sources/c0ffee00-0000-4000-8000-000000000000/move';
  expect((await post(unknown, { path: root })).json()).toMatchObject({ status: 404 });
});

it('shows what can be imported from, and nothing else', async () => {
  const { get, root, base } = await importer(2);
  await writeFile(join(root, 'list.csv'), 'path\n');
  await writeFile(join(root, 'notes.txt'), '');
  await writeFile(join(root, '.hidden.png'), '');
  await symlink(base, join(root, 'way-out'));
  const browse = async (path: string) => (await get(`/folders?path=${encodeURIComponent(path)}`)).json();
  expect((await get('/folders')).json()).toMatchObject({ path: null, entries: [{ path: root, kind: 'folder' }] });
  expect(await browse(root)).toMatchObject({
    path: root,
    truncated: false,
    entries: [
      { name: 'list.csv', kind: 'manifest', bytes: 5 },
      { name: 'part-0', kind: 'folder', bytes: null },
    ],
  });
  expect((await browse(join(root, 'part-0'))).entries).toHaveLength(2);
  for (const path of [base, '/', `${root}/..`, join(root, 'way-out')]) {
    expect([path, await browse(path)]).toMatchObject([path, { status: 403, code: 'PATH_OUTSIDE_ROOT' }]);
  }
  expect(await browse(join(root, 'none'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});
