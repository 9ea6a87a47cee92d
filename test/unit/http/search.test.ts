import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { testServer } from './test-server.ts';

const SAMPLES = resolve(import.meta.dirname, '../../../resources/samples');

/** Without pictures: what is found is the e2e test's. */
async function searcher() {
  const server = await testServer({ paths: { allowRoots: [SAMPLES] } });
  await server.console.ensureCatalog('default');
  return server;
}

function upload(parts: [name: string, value: string | Blob][]) {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  return form;
}

it('says what is wrong with a search', async () => {
  const { post } = await searcher();
  const wrong: [unknown, object][] = [
    [{}, { status: 400, errors: [{ field: 'image_path' }] }],
    [{ image_path: '/etc/hostname' }, { status: 403, code: 'PATH_OUTSIDE_ROOT' }],
    [{ like: [{ image_path: '/etc/hostname' }] }, { status: 403, code: 'PATH_OUTSIDE_ROOT' }],
    [
      { text: 'x', unlike: [{ image_path: '/etc/hostname' }] },
      { status: 403, code: 'PATH_OUTSIDE_ROOT' },
    ],
    [{ image_path: join(SAMPLES, 'no.png') }, { status: 422, code: 'FILE_NOT_FOUND' }],
    [{ image_path: join(SAMPLES, 'catalog.csv') }, { status: 422, code: 'UNSUPPORTED_FORMAT' }],
    [
      { text: 'x', catalog: 'other' },
      { status: 404, code: 'NOT_FOUND' },
    ],
    [
      { text: 'x', filter: ['nonsense'] },
      { status: 400, code: 'INVALID_INPUT' },
    ],
    [
      { text: 'x', limit: 0 },
      { status: 400, errors: [{ field: 'limit' }] },
    ],
    [{ image_id: 'x' }, { status: 400, errors: [{ field: 'image_id' }] }],
    [{ like: [{}] }, { status: 400, errors: [{ field: 'like.0' }] }],
    [
      { text: 'x', region: { x: 0, y: 0, width: 1, height: 1 } },
      { status: 400, errors: [{ field: 'region' }] },
    ],
    [
      { image_path: join(SAMPLES, 'no.png'), region: { x: 0.5, y: 0, width: 0.6, height: 1 } },
      { status: 400, errors: [{ field: 'region' }] },
    ],
    [
      { image_id: 'c0ffee00-0000-4000-8000-000000000000', region: { x: 0, y: 0, width: 1, height: 1 } },
      { status: 404, code: 'NOT_FOUND' },
    ],
  ];
  for (const [body, problem] of wrong)
    expect([body, (await post('/search', body)).json()]).toMatchObject([body, problem]);
});

it('takes an uploaded picture, and leaves nothing of it', async () => {
  const { post, console } = await searcher();
  const { openAsBlob } = await import('node:fs');
  const picture = await openAsBlob(join(SAMPLES, 'furniture/chair-blue.png'));
  const fine = await post(
    '/search',
    upload([
      ['limit', '3'],
      ['region', '0,0,0.5,1'],
      ['picture', picture],
    ]),
  );
  expect(fine.json()).toEqual({ took_ms: expect.any(Number), model: 'default-160', catalog: 'default', results: [] });

  const wrong: [FormData, object][] = [
    [upload([['limit', '3']]), { status: 400, code: 'INVALID_INPUT' }],
    [
      upload([
        ['limit', 'x'],
        ['picture', picture],
      ]),
      { status: 400, errors: [{ field: 'limit' }] },
    ],
    [
      upload([
        ['colour', 'x'],
        ['picture', picture],
      ]),
      { status: 400, code: 'INVALID_INPUT' },
    ],
    [
      upload([
        ['picture', picture],
        ['picture', picture],
      ]),
      { status: 413, code: 'INVALID_INPUT' },
    ],
    ...['0,0,1', '0,0,1,2', '0,0,1,1,1', 'left'].map((part): [FormData, object] => [
      upload([
        ['region', part],
        ['picture', picture],
      ]),
      { status: 400, detail: expect.stringContaining('region') },
    ]),
    [upload([['picture', new Blob(['no picture'])]]), { status: 422, code: 'UNSUPPORTED_FORMAT' }],
  ];
  for (const [form, problem] of wrong) expect((await post('/search', form)).json()).toMatchObject(problem);
  expect(await readdir(join(console.dataDir.root, 'queries'))).toEqual([]);
});

it('refuses an upload that is larger than a picture may be', async () => {
  const { post } = await testServer({ limits: { maxBytes: 1_000 } });
  const answer = await post('/search', upload([['picture', new Blob([new Uint8Array(2_000)])]]));
  expect(answer.json()).toMatchObject({ status: 413, code: 'FILE_TOO_LARGE' });
});
