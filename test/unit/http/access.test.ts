import type { RouteOptions } from 'fastify';
import { expect, it } from 'vitest';
import { AUTH, testServer, TOKEN } from './test-server.ts';

const READ_ONLY = 'a-token-that-only-reads';

/** Every route that the server has, as it is called. */
async function routesOf({ app }: Awaited<ReturnType<typeof testServer>>) {
  const routes: { method: string; url: string; isPublic: boolean }[] = [];
  app.addHook('onRoute', ({ method, url, config }: RouteOptions) => {
    const isPublic = config?.isPublic ?? false;
    for (const one of [method].flat()) routes.push({ method: one, url: url.replaceAll(/:\w+|\*/g, 'x'), isPublic });
  });
  await app.ready();
  return routes;
}

const ROUTES = [
  ['GET', '/queue/stats'],
  ['GET', '/queue/workers'],
  ['GET', '/queue/status/1'],
  ['POST', '/queue/enqueue'],
  ['POST', '/search'],
  ['GET', '/catalogs'],
  ['GET', '/metrics'],
  ['GET', '/no-such-thing'],
  ['DELETE', '/health'],
] as const;

it('answers nobody without the token but who asks for health', async () => {
  const { app } = await testServer();
  for (const [method, url] of ROUTES) {
    for (const authorization of [undefined, '', 'Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN]) {
      const { statusCode, headers, body } = await app.inject({
        method,
        url,
        headers: { ...(authorization !== undefined && { authorization }) },
      });
      expect({ method, url, authorization, statusCode }).toEqual({ method, url, authorization, statusCode: 401 });
      expect(headers).toMatchObject({
        'www-authenticate': 'Bearer',
        'content-type': expect.stringContaining('application/problem+json'),
      });
      expect(JSON.parse(body)).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    }
  }
  expect((await app.inject('/health')).json()).toEqual({ status: 'ok' });
});

it('answers nothing without a token but what is named', async () => {
  const server = await testServer({}, { readOnlyToken: READ_ONLY });
  const routes = await routesOf(server);
  expect(routes.length).toBeGreaterThan(10);
  const answered = [];
  for (const { method, url } of routes) {
    const { statusCode } = await server.app.inject({ method: method as 'GET', url });
    if (statusCode !== 401) answered.push(`${method} ${url}`);
  }
  // A sign-in without a code or a token is refused for that.
  expect(answered.toSorted()).toEqual([
    'GET /health',
    'GET /ready',
    'GET /session',
    'GET /sign-in',
    'HEAD /health',
    'HEAD /ready',
    'HEAD /session',
    'POST /sign-in',
    'POST /sign-out',
  ]);
  expect(routes.filter(({ isPublic }) => isPublic)).toEqual([]); // there are no pages in this test
});

/** Asked by POST, and changing nothing. */
const QUESTIONS = ['/search', '/duplicates/choose', '/duplicates/choose/count'];

it('lets a read-only token look at everything and change nothing', async () => {
  const server = await testServer({}, { readOnlyToken: READ_ONLY });
  const routes = (await routesOf(server)).filter(({ url }) => !url.startsWith('/sign-'));
  for (const { method, url } of routes) {
    if (method === 'GET' || method === 'HEAD' || QUESTIONS.includes(url)) continue;
    const headers = { authorization: `Bearer ${READ_ONLY}` };
    const { statusCode, body } = await server.app.inject({ method: method as 'POST', url, headers });
    expect([method, url, statusCode, JSON.parse(body).code]).toEqual([method, url, 403, 'FORBIDDEN']);
  }
  const reader = { authorization: `Bearer ${READ_ONLY}` };
  expect((await server.get('/queue/stats', reader)).statusCode).toBe(200);
  // By RPC everything is a POST.
  expect((await server.post('/rpc/queue/stats', {}, reader)).statusCode).toBe(200);
  expect((await server.post('/rpc/queue/enqueue', {}, reader)).statusCode).toBe(403);
  expect((await server.post('/rpc/queue/stats/../enqueue', {}, reader)).statusCode).toBe(403);
  for (const url of QUESTIONS) expect((await server.post(url, { text: 'x' }, reader)).statusCode).not.toBe(403);
});

it('takes the word Bearer in any case, and needs no token where none is set', async () => {
  const { get } = await testServer();
  expect((await get('/queue/stats', { authorization: `bearer ${TOKEN}` })).statusCode).toBe(200);
  const open = await testServer({}, { token: null });
  expect((await open.get('/queue/stats', {})).statusCode).toBe(200);
});

it('says why it is not ready to those who may know', async () => {
  const { get } = await testServer({}, { fleetTrouble: () => 'no worker can start' });
  const anybody = await get('/ready', {});
  expect([anybody.statusCode, anybody.json()]).toEqual([503, { ready: false }]);
  expect((await get('/ready')).json()).toEqual({
    ready: false,
    queue: 'ok',
    store: 'ok',
    fleet: 'no worker can start',
  });
});

it('answers only to its own names', async () => {
  const { get } = await testServer({}, { allowedHosts: ['Pictures.example.com'] });
  const good = [
    'localhost',
    'localhost:8000',
    '127.0.0.1:8000',
    '[::1]:8000',
    '192.168.0.7',
    'pictures.example.com:80',
  ];
  const bad = ['evil.example', 'evil.example:8000', 'localhost.evil.example', 'a@localhost', 'localhost/x', ' '];
  for (const host of good)
    expect([host, (await get('/queue/stats', { ...AUTH, host })).statusCode]).toEqual([host, 200]);
  for (const host of bad) expect([host, (await get('/health', { ...AUTH, host })).statusCode]).toEqual([host, 403]);
});

it('answers no page of another site', async () => {
  const { get } = await testServer({}, { token: null });
  const host = 'localhost:8000';
  expect((await get('/queue/stats', { host, origin: 'http://localhost:8000' })).statusCode).toBe(200);
  for (const origin of ['http://evil.example', 'http://localhost:8001', 'null', '']) {
    const answer = await get('/queue/stats', { host, origin });
    expect([origin, answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([
      origin,
      403,
      undefined,
    ]);
  }
});

it('gives every request an id, its caller’s where that is a plain one', async () => {
  const { get } = await testServer();
  const own = await get('/nowhere', { ...AUTH, 'x-request-id': 'my-request_7' });
  expect([own.headers['x-request-id'], own.json().request_id]).toEqual(['my-request_7', 'my-request_7']);
  const other = await get('/nowhere', { ...AUTH, 'x-request-id': 'a"b' });
  expect(other.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});
