import { expect, it } from 'vitest';
import { AUTH, testServer, TOKEN } from './test-server.ts';

const HOST = 'localhost:8000';
const OURS = { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' };
const READ_ONLY = 'a-token-that-only-reads';

const pairOf = (setCookie: unknown): string => String(setCookie).split(';')[0]!;

/** A browser that has opened the link. */
async function signedIn(...options: Parameters<typeof testServer>) {
  const server = await testServer(...options);
  const link = `/sign-in?code=${server.app.door!.codes.make().code}`;
  const opened = await server.get(link, { host: HOST });
  return { ...server, link, opened, cookie: pairOf(opened.headers['set-cookie']) };
}

it('signs a browser in by a link that works once', async () => {
  const { get, app, link, opened, cookie } = await signedIn();
  expect([opened.statusCode, opened.headers.location]).toEqual([303, '/']);
  expect(opened.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/);
  expect((await get('/session', { host: HOST, cookie })).json()).toEqual({ access: 'full' });
  expect((await get('/catalogs', { host: HOST, cookie })).statusCode).toBe(200);

  const again = await get(link, { host: HOST });
  expect([again.statusCode, again.headers['set-cookie']]).toEqual([401, undefined]);
  for (const url of ['/sign-in', '/sign-in?code=', '/sign-in?code=x&code=y', '/sign-in?token=x', `${link}x`]) {
    expect((await get(url, { host: HOST })).statusCode).toBeGreaterThanOrEqual(400);
  }
  const out = await app.inject({ method: 'POST', url: '/sign-out', headers: { ...OURS, cookie } });
  expect([out.statusCode, out.headers['set-cookie']]).toEqual([204, expect.stringContaining('Max-Age=0')]);
});

it('keeps the link for who opens it, not for who only looks at it', async () => {
  const { app, get } = await testServer();
  const link = `/sign-in?code=${app.door!.codes.make().code}`;
  expect((await app.inject({ method: 'HEAD', url: link })).statusCode).toBe(401);
  for (const headers of [{ 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }] as Record<string, string>[])
    expect((await get(link, headers)).statusCode).toBe(403);
  expect((await get(link, {})).statusCode).toBe(303);
});

it('signs in by the token, and says to TLS that the cookie is for TLS only', async () => {
  const { post, get } = await testServer({}, { readOnlyToken: READ_ONLY });
  const none = { authorization: '' };
  const answer = await post('/sign-in', { token: TOKEN }, { ...none, ...OURS, 'x-forwarded-proto': 'https' });
  expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([204, expect.stringContaining('; Secure')]);
  const reader = await post('/sign-in', { token: READ_ONLY }, { ...none, ...OURS });
  const cookie = pairOf(reader.headers['set-cookie']);
  expect((await get('/session', { host: HOST, cookie })).json()).toEqual({ access: 'read' });
  for (const body of [{ token: `${TOKEN}x` }, { token: '' }]) {
    expect((await post('/sign-in', body, { ...none, ...OURS })).statusCode).toBe(401);
  }
  for (const body of [{}, { token: 7 }, { token: TOKEN, more: 1 }, [], null]) {
    expect((await post('/sign-in', body, { ...none, ...OURS })).statusCode).toBe(400);
  }
});

it('gives another link to who has the token', async () => {
  const { post, get } = await testServer({}, { readOnlyToken: READ_ONLY });
  const { path, expires_at } = (await post('/sign-in/link', undefined)).json();
  expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
  expect((await get(path, {})).statusCode).toBe(303);
  expect((await post('/sign-in/link', undefined, { authorization: 'Bearer x' })).statusCode).toBe(401);
  expect((await post('/sign-in/link', undefined, { authorization: `Bearer ${READ_ONLY}` })).statusCode).toBe(403);
});

it('takes the cookie from its own pages only', async () => {
  const { app, cookie } = await signedIn();
  const call = async (method: 'GET' | 'POST', headers: Record<string, string>) =>
    (await app.inject({ method, url: method === 'GET' ? '/queue/stats' : '/sign-in/link', headers })).statusCode;
  expect(await call('GET', { host: HOST, cookie })).toBe(200);
  expect(await call('GET', { ...OURS, cookie })).toBe(200);
  expect(await call('POST', { ...OURS, cookie })).toBe(200);
  // A form or a picture of another page, also of another port of this machine, which browsers call the same site.
  for (const site of ['cross-site', 'same-site']) {
    expect(await call('GET', { host: HOST, cookie, 'sec-fetch-site': site })).toBe(403);
    expect(await call('POST', { ...OURS, cookie, 'sec-fetch-site': site })).toBe(403);
  }
  expect(await call('POST', { ...OURS, cookie, origin: 'http://localhost:3000' })).toBe(403);
  expect(await call('POST', { ...OURS, cookie, origin: 'null' })).toBe(403);
  expect(await call('POST', { host: HOST, cookie })).toBe(403);
  // A wrong token is not made good by a cookie.
  expect(await call('GET', { ...OURS, cookie, authorization: 'Bearer wrong' })).toBe(401);
  expect(await call('POST', { ...AUTH })).toBe(200);
});

it('asks nobody to sign in where everybody is let in', async () => {
  const { get, post } = await testServer({}, { token: null });
  const answer = await get('/sign-in?code=x', {});
  expect([answer.statusCode, answer.headers.location, answer.headers['set-cookie']]).toEqual([303, '/', undefined]);
  expect((await get('/session', {})).json()).toEqual({ access: 'full' });
  expect((await post('/sign-in/link', undefined)).statusCode).toBe(409);
});
