import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeCertificate } from '../../support/certificate.ts';
import { askQdrant } from '../../support/qdrant-double/ask.ts';
import { type QdrantDoubleOptions, startQdrantDouble } from '../../support/qdrant-double/start.ts';

const COLLECTION = { vectors: { size: 2, distance: 'Cosine' } };
const POINTS = '/collections/pictures/points';

/** A double with one collection, `pictures`. */
async function withCollection(options: QdrantDoubleOptions = {}, collection: unknown = COLLECTION) {
  const double = await startQdrantDouble(options);
  onTestFinished(() => double.stop());
  const headers = options.apiKey === undefined ? {} : { 'api-key': options.apiKey };
  const ask = (method: string, path: string, body?: unknown) => askQdrant(double.url, method, path, body, headers);
  expect(await ask('PUT', '/collections/pictures', collection)).toMatchObject({ status: 200 });
  return { double, ask };
}

const refused: [string, string, string, unknown, string][] = [
  ['a misspelt field', 'POST', `${POINTS}/query`, { query: [1, 0], limits: 3 }, 'limits'],
  [
    'a misspelt field inside',
    'PUT',
    `${POINTS}?wait=true`,
    { points: [{ id: 1, vector: [1, 0], paylod: {} }] },
    'points.0.paylod',
  ],
  [
    'a field beside the condition',
    'POST',
    `${POINTS}/count`,
    { filter: { must: [{ key: 'a', match: { value: 1 }, boost: 2 }] } },
    'boost',
  ],
  [
    'a field of vectors',
    'PUT',
    '/collections/other',
    { vectors: { size: 2, distance: 'Dot', datatype: 'uint8' } },
    'datatype',
  ],
  ['a distance', 'PUT', '/collections/other', { vectors: { size: 2, distance: 'Euclid' } }, 'Euclid'],
  ['multi-vectors', 'PUT', `${POINTS}?wait=true`, { points: [{ id: 1, vector: [[1, 0]] }] }, 'multi-vectors'],
  ['a kind of query', 'POST', `${POINTS}/query`, { query: { sample: 'random' } }, 'sample'],
  [
    'fusion with a filter',
    'POST',
    `${POINTS}/query`,
    { prefetch: [{ query: [1, 0] }], query: { fusion: 'rrf' }, filter: {} },
    'filter',
  ],
  ['a parameter', 'POST', `${POINTS}/count?wiat=true`, {}, 'wiat'],
  ['a path of a real server', 'POST', '/collections/pictures/snapshots', {}, 'snapshots'],
  [
    'a delete by what says nothing',
    'POST',
    `${POINTS}/delete?wait=true`,
    { filter: { must: [{ key: 'a' }] } },
    'says nothing',
  ],
];

test.each(refused)('%s is refused by name', async (_, method, path, body, name) => {
  const { ask } = await withCollection();
  const answer = await ask(method, path, body);
  expect(answer.status).toBe(501);
  expect(answer.error).toContain(name);
});

test('a field of a real server that is not done is refused even where unknown ones are ignored', async () => {
  const { ask } = await withCollection({ strict: false });
  expect(await ask('POST', `${POINTS}/count`, { surprise: 1 })).toMatchObject({ status: 200 });
  expect(await ask('POST', `${POINTS}/count`, { shard_key: 'a' })).toMatchObject({ status: 501 });
});

test('an int8 search must ask for rescoring or be exact', async () => {
  const { ask } = await withCollection({}, { ...COLLECTION, quantization_config: { scalar: { type: 'int8' } } });
  const search = (params: unknown) => ask('POST', `${POINTS}/query`, { query: [1, 0], params });
  expect(await search(null)).toMatchObject({ status: 501 });
  expect(await search({ quantization: { oversampling: 2 } })).toMatchObject({ status: 501 });
  expect(await search({ quantization: { rescore: true } })).toMatchObject({ status: 200 });
  expect(await search({ exact: true })).toMatchObject({ status: 200 });
});

test('a write that nobody waits for is done later', async () => {
  const { ask } = await withCollection();
  await ask('PUT', POINTS, { points: [{ id: 1, vector: [1, 0] }] });
  const count = () => ask('POST', `${POINTS}/count`, {});
  await vi.waitFor(async () => expect(await count()).toMatchObject({ result: { count: 1 } }), { timeout: 20_000 });
});

test('a write that nobody waits for is not seen at once, and is done before the next that is waited for', async () => {
  const { ask } = await withCollection({ unawaitedMs: 600_000 });
  const count = async () => (await ask('POST', `${POINTS}/count`, {})).result;
  const upsert = (id: number, wait: string) => ask('PUT', `${POINTS}${wait}`, { points: [{ id, vector: [1, 0] }] });

  expect((await upsert(1, '')).result).toMatchObject({ status: 'acknowledged' });
  expect(await count()).toEqual({ count: 0 });
  await upsert(2, '');
  expect((await upsert(3, '?wait=true')).result).toMatchObject({ status: 'completed' });
  expect(await count()).toEqual({ count: 3 });
});

test('a refused write is half done', async () => {
  const { ask } = await withCollection();
  const points = [
    { id: 1, vector: [1, 0] },
    { id: 2, vector: [1] },
    { id: 3, vector: [0, 1] },
  ];
  expect(await ask('PUT', `${POINTS}?wait=true`, { points })).toMatchObject({ status: 400 });
  expect((await ask('POST', POINTS, { ids: [1, 2, 3] })).result).toEqual([{ id: 1 }]);
});

test('a body over 32 MiB is refused', async () => {
  const { ask } = await withCollection();
  const answer = await ask('POST', POINTS, { ids: [], with_payload: ['x'.repeat(32 * 1_024 * 1_024)] });
  expect(answer).toMatchObject({ status: 400, error: expect.stringContaining('33554432') });
});

test('keys: what is open, what is refused and how', async () => {
  const { double, ask } = await withCollection({ apiKey: 'all', readOnlyApiKey: 'some' });
  const as = (headers: Record<string, string>, method = 'GET', path = '/collections/pictures', body?: unknown) =>
    askQdrant(double.url, method, path, body, headers);

  expect(await as({}, 'GET', '/healthz')).toMatchObject({ status: 200 });
  expect(await as({}, 'GET', '/')).toMatchObject({ status: 200 });
  expect(await as({})).toMatchObject({ status: 401, result: undefined });
  expect((await as({})).text).not.toContain('{');
  expect(await as({ 'api-key': 'other' })).toMatchObject({ status: 401 });
  expect(await as({ authorization: 'Bearer all' })).toMatchObject({ status: 200 });
  expect(await as({ 'api-key': 'some' })).toMatchObject({ status: 200 });
  expect(await as({ 'api-key': 'some' }, 'POST', `${POINTS}/count`, {})).toMatchObject({ status: 200 });
  const written = await as({ 'api-key': 'some' }, 'DELETE');
  expect(written).toMatchObject({ status: 403, error: expect.stringContaining('Forbidden') });
  expect(await ask('GET', '/collections/pictures/exists')).toMatchObject({ result: { exists: true } });
});

test('over TLS', async () => {
  const tls = await makeCertificate();
  const double = await startQdrantDouble({ tls });
  onTestFinished(() => double.stop());
  expect(double.url).toMatch(/^https:/);
  const [response] = (await once(get(`${double.url}/readyz`, { ca: tls.cert }), 'response')) as [IncomingMessage];
  expect(await text(response)).toBe('all shards are ready');
});
