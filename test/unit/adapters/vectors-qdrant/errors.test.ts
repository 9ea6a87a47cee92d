import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createConnection } from '../../../../src-core/adapters/vectors-qdrant/connection.ts';
import { appError, image, MODEL } from '../../../contract/vector-store/samples.ts';
import { startQdrantDouble } from '../../../support/qdrant-double/start.ts';
import { newPrefix, openStore, doubleOfFile } from './server.ts';

const at = doubleOfFile();

async function catalogOf(timeoutMs = 10_000) {
  const server = { url: at.double.url, apiKey: null };
  const store = await openStore(server, { timeoutMs });
  const catalog = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
  const imageIds = [image(catalog, 'a.jpg').record.imageId];
  return { store, catalog, count: () => store.count(catalog.id), get: () => store.get(catalog.id, imageIds) };
}

const counting = ({ path }: { path: string }) => path.includes('/points/count');

describe('what may pass', () => {
  test.each([
    'reset-before',
    'reset-after',
    { status: 429 },
    { status: 429, retryAfterS: 0 },
    { status: 503 },
  ] as const)('is tried again: %j', async (trouble) => {
    const { count } = await catalogOf();
    at.double.faults.add({ trouble, when: counting, times: 2 });
    expect(await count()).toBe(0);
  });

  test('a write is as if it had been made once, whether the connection broke before or after', async () => {
    const { store, catalog } = await catalogOf();
    for (const trouble of ['reset-before', 'reset-after'] as const) {
      at.double.faults.add({
        trouble,
        when: ({ method, path }) => method === 'PUT' && path.includes('/points?'),
        times: 1,
      });
      const one = image(catalog, `${trouble}.jpg`, { version: 4 });
      expect(await store.upsert(catalog.id, [one])).toEqual({ fenced: [] });
      expect((await store.get(catalog.id, [one.record.imageId]))[0]?.record).toEqual(one.record);
    }
    expect(await store.count(catalog.id)).toBe(2);
  });

  test('is waited for no longer than a request may take', async () => {
    const { count } = await catalogOf(5_000);
    const counts = () => at.double.requests.filter(counting).length;
    const before = counts();
    at.double.faults.add({ trouble: { status: 429, retryAfterS: 7 }, when: counting, times: 1 });
    await expect(count()).rejects.toMatchObject(appError('STORE_UNAVAILABLE', /429/));
    expect(counts()).toBe(before + 1);
  });

  test('is given up at last, with the collection, the status and what to do', async () => {
    const { count } = await catalogOf();
    const end = at.double.faults.add({
      trouble: { status: 503, body: 'overloaded', type: 'text/plain' },
      when: counting,
    });
    await expect(count()).rejects.toMatchObject({
      ...appError('STORE_UNAVAILABLE', /Qdrant at http:.*collection test-.*-pictures-.*HTTP 503, overloaded; see/),
      retryable: true,
    });
    end();
    expect(await count()).toBe(0);
  });
});

describe('a store that is away', () => {
  test('is STORE_UNAVAILABLE, and there again when it is back', async () => {
    const { count } = await catalogOf();
    await at.double.faults.down();
    await expect(count()).rejects.toMatchObject({
      ...appError('STORE_UNAVAILABLE', /cannot be reached \(ECONN.*check that the server runs/),
      retryable: true,
    });
    await at.double.faults.up();
    expect(await count()).toBe(0);
  });

  test('is not noticed when it is back soon', async () => {
    const { count } = await catalogOf();
    await at.double.faults.down(200);
    expect(await count()).toBe(0);
  });

  test('at the start is STORE_UNAVAILABLE too', async () => {
    const double = await startQdrantDouble();
    await double.stop();
    await expect(openStore({ url: double.url, apiKey: null }, { prefix: 'none' })).rejects.toMatchObject(
      appError('STORE_UNAVAILABLE', /ECONNREFUSED/),
    );
  });

  test('one that never answers is given up after the time a request may take', async () => {
    const { count } = await catalogOf(2_000);
    const end = at.double.faults.add({ trouble: 'hang', when: counting });
    await expect(count()).rejects.toMatchObject({
      ...appError('STORE_UNAVAILABLE', /no answer within 2000 ms/),
      retryable: true,
    });
    end();
    expect(await count()).toBe(0);
  });

  test('an error of its own is STORE_UNAVAILABLE, with what it says', async () => {
    const { count } = await catalogOf();
    const body = JSON.stringify({ status: { error: 'Service internal error: no space left' } });
    at.double.faults.add({ trouble: { status: 500, body, type: 'application/json' }, when: counting, times: 1 });
    await expect(count()).rejects.toMatchObject(
      appError('STORE_UNAVAILABLE', /HTTP 500, Service internal error: no space/),
    );
  });
});

async function locked() {
  const double = await startQdrantDouble({ apiKey: 'right', readOnlyApiKey: 'reads' });
  onTestFinished(() => double.stop());
  return double;
}

describe('keys', () => {
  test('the right one opens', async () => {
    const { url } = await locked();
    const store = await openStore({ url, apiKey: 'right' }, { prefix: 'keyed' });
    expect(await store.catalogs()).toEqual([]);
  });

  // 401 is plain text, 403 is JSON.
  test.each([
    ['none', null, /HTTP 401.*API key \(QDRANT_API_KEY\)/],
    ['a wrong one', 'wrong', /HTTP 401.*API key/],
    ['one that may only read', 'reads', /HTTP 403.*API key/],
  ])('%s is named as the cause', async (_, apiKey, message) => {
    const { url } = await locked();
    await expect(openStore({ url, apiKey }, { prefix: 'keyed' })).rejects.toMatchObject(
      appError('STORE_UNAVAILABLE', message),
    );
  });

  test('is in no error', async () => {
    const { url } = await locked();
    const error: unknown = await openStore({ url, apiKey: 'very-secret' }, { prefix: 'keyed' }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject(appError('STORE_UNAVAILABLE'));
    expect(JSON.stringify(error) + String(error)).not.toContain('very-secret');
  });
});

describe('versions', () => {
  test.each(['1.15.5', '1.9.0', '0.11.0'])('%s is too old, and both are named', async (version) => {
    const double = await startQdrantDouble({ version });
    onTestFinished(() => double.stop());
    await expect(openStore({ url: double.url, apiKey: null }, { prefix: 'old' })).rejects.toMatchObject({
      ...appError('STORE_UNAVAILABLE', new RegExp(`version ${version}; 1\\.16\\.0 or newer`)),
      retryable: false,
    });
  });

  test.each(['1.16.0', '1.16.3', '1.19.1', '2.0.0-rc.1'])('%s will do', async (version) => {
    const double = await startQdrantDouble({ version });
    onTestFinished(() => double.stop());
    const server = { url: double.url, apiKey: null };
    expect(await (await openStore(server, { prefix: 'new' })).catalogs()).toEqual([]);
  });

  test.each([
    ['a page', 'text/html', '<h1>It works</h1>'],
    ['another program', 'application/json', '{"version":"seven"}'],
  ])('%s is no Qdrant', async (_, type, body) => {
    const web = createServer((_request, response) => response.setHeader('content-type', type).end(body));
    await once(web.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      web.closeAllConnections();
      web.close();
    });
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    await expect(openStore({ url, apiKey: null }, { prefix: 'web' })).rejects.toMatchObject(
      appError('STORE_UNAVAILABLE', /not Qdrant; check the URL/),
    );
  });
});

const addressOf = (url: string) => createConnection({ url, timeoutMs: 1_000 }).url;

describe('addresses', () => {
  test.each([
    ['http://localhost', 'http://localhost:6333'],
    ['http://10.0.0.7:7000/', 'http://10.0.0.7:7000'],
    ['https://cluster.example:6333', 'https://cluster.example:6333'],
    ['https://cluster.example', 'https://cluster.example:6333'],
    ['https://proxy.example:443/qdrant/', 'https://proxy.example/qdrant'],
    ['http://user:pass@proxy.example:80/q', 'http://proxy.example/q'],
  ])('%s is %s', (url, address) => {
    expect(addressOf(url)).toBe(address);
  });

  test.each(['localhost:6333', 'redis://localhost', ''])('refuses %j', (url) => {
    expect(() => addressOf(url)).toThrow(/must begin with http/);
  });

  test('what stands before a proxy’s path is asked under that path', async () => {
    const asked: string[] = [];
    const web = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(404).end();
    });
    await once(web.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      web.closeAllConnections();
      web.close();
    });
    const connection = createConnection({
      url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/store/`,
      timeoutMs: 1_000,
    });
    await expect(connection.send('x', (client) => client.getCollections())).rejects.toMatchObject(
      appError('STORE_REFUSED', /HTTP 404/),
    );
    expect(asked).toEqual(['/store/collections']);
  });

  test('a prefix that is no name is refused', async () => {
    const server = { url: at.double.url, apiKey: null };
    for (const prefix of ['..', '', 'Up', 'a/b', '-a']) {
      await expect(openStore(server, { prefix })).rejects.toMatchObject(appError('INVALID_SETTINGS', /prefix/));
    }
    expect(await openStore(server, { prefix: newPrefix(server) })).toBeDefined();
  });
});
