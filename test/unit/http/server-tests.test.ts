import { createServer, type AddressInfo } from 'node:net';
import { strFromU8, unzipSync } from 'fflate';
import { expect, it, onTestFinished } from 'vitest';
import { startQdrantDouble } from '../../support/qdrant-double/start.ts';
import { startRedis } from '../../support/redis-server.ts';
import { AUTH, testServer } from './test-server.ts';

type Tested = { ok: boolean; steps: { name: string; state: string; message: string; todo: string | null }[] };

async function tester(settings: Parameters<typeof testServer>[0] = {}) {
  const server = await testServer(settings);
  async function test(body: object): Promise<{ redis: Tested | null; qdrant: Tested | null }> {
    const answer = await server.post('/settings/test', body);
    expect(answer.json()).not.toHaveProperty('todo');
    return answer.json();
  }
  return { ...server, test };
}

const shape = (tested: Tested | null) => tested?.steps.map(({ name, state }) => `${name} ${state}`);

it('tries a Redis server step by step, and says exactly what fails', async () => {
  const { url, port } = await startRedis({ args: ['--requirepass', 'open-sesame'] });
  const { test } = await tester();
  const wrong = await test({ redis_url: `redis://:another-word@127.0.0.1:${port}` });
  expect(wrong.qdrant).toBeNull();
  expect(wrong.redis!.ok).toBe(false);
  expect(shape(wrong.redis)).toEqual(['address ok', 'login failed']);
  expect(wrong.redis!.steps[1]!.todo).toContain('password');
  expect(JSON.stringify(wrong)).not.toContain('another-word');
  expect(shape((await test({ redis_url: url })).redis)).toEqual(['address ok', 'login failed']);

  const right = await test({ redis_url: `redis://:open-sesame@127.0.0.1:${port}` });
  expect(right.redis!.ok).toBe(true);
  // It keeps nothing on disk.
  expect(new Set(shape(right.redis))).toEqual(new Set(['address ok', 'login ok', 'version ok', 'safety warning']));
  expect(shape((await test({ redis_url: `rediss://127.0.0.1:${port}` })).redis)).toEqual(['address ok', 'tls failed']);
  const nobody = await test({ redis_url: 'redis://127.0.0.1:9' });
  expect(nobody.redis!.steps).toMatchObject([
    { name: 'address', state: 'failed', message: expect.stringContaining('nothing listens') },
  ]);
  const unknown = await test({ redis_url: 'redis://no-such-host.invalid' });
  expect(shape(unknown.redis)).toEqual(['address failed']);
  expect(shape((await test({ redis_url: 'http://127.0.0.1' })).redis!)!.at(-1)).toMatch(/failed/);
});

it('knows the password of the settings by its stars, and sends it nowhere else', async () => {
  const { port } = await startRedis({ args: ['--requirepass', 'open-sesame'] });
  const { test } = await tester({ redis: { url: `redis://:open-sesame@127.0.0.1:${port}` } });
  expect((await test({ redis_url: `redis://***@127.0.0.1:${port}` })).redis!.ok).toBe(true);
  expect((await test({ redis_url: `redis://***@localhost:${port}` })).redis!.ok).toBe(false);
});

it('tries a Qdrant server, and the key in force only where it belongs', async () => {
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  const { test, post } = await tester({ qdrant: { url: double.url, apiKey: 'the-key' } });
  const fine = await test({ qdrant_url: double.url });
  expect(shape(fine.qdrant)).toEqual(['address ok', 'login ok', 'version ok', 'safety ok']);
  expect(fine.redis).toBeNull();

  const heard: string[] = [];
  const other = createServer((socket) => {
    socket.on('data', (bytes) => heard.push(String(bytes)));
    socket.on('data', () =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'),
    );
    socket.on('error', () => {}); // the caller has gone
  });
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void other.close());
  const strange = await test({ qdrant_url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` });
  expect(shape(strange.qdrant)).toEqual(['address ok', 'login failed']);
  expect(heard.join('')).toContain('GET /');
  expect(heard.join('')).not.toContain('the-key');
  for (const body of [{}, { redis_url: '' }, { qdrant_api_key: 'x' }]) {
    expect([body, (await post('/settings/test', body)).statusCode]).toEqual([body, 400]);
  }
});

it('says what the doctor says, to who may change things', async () => {
  const { get, post } = await testServer({}, { readOnlyToken: 'the-read-only-token' });
  const reader = { authorization: 'Bearer the-read-only-token' };
  const { healthy, checks } = (await get('/doctor')).json<{ healthy: boolean; checks: { name: string }[] }>();
  expect([healthy, checks.map(({ name }) => name)]).toEqual([true, expect.arrayContaining(['data dir', 'model'])]);
  for (const url of ['/doctor', '/%64octor', '/doctor?x=1']) {
    expect([url, (await get(url, reader)).json()]).toMatchObject([url, { status: 403, code: 'FORBIDDEN' }]);
  }
  expect((await post('/rpc/doctor/run', {}, reader)).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  expect((await post('/rpc/doctor/run', {})).json()).toMatchObject({ json: { healthy: true } });
});

it('sends a support bundle without secrets, to who may change things', async () => {
  const { app, get } = await testServer(
    { qdrant: { apiKey: 'very-secret-key' } },
    { readOnlyToken: 'the-read-only-token' },
  );
  const answer = await app.inject({ method: 'GET', url: '/support-bundle', headers: AUTH });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="imagefleet-support-.*\.zip"$/);
  const files = unzipSync(new Uint8Array(answer.rawPayload));
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['versions.json', 'settings.json', 'doctor.json', 'stats.json']),
  );
  const text = Object.values(files)
    .map((bytes) => strFromU8(bytes))
    .join('\n');
  expect(text).not.toContain('very-secret-key');
  expect(JSON.parse(strFromU8(files['stats.json']!))).toMatchObject({ limited_by: { limit: 'nothing_to_do' } });
  const reader = { authorization: 'Bearer the-read-only-token' };
  expect((await get('/support-bundle', reader)).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' });
});
