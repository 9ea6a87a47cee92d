import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openToken, rotateToken, type Tokens } from '../../../src-main/http/token.ts';
import { watchTokens } from '../../../src-main/http/token-watch.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { AUTH, testServer, TOKEN } from './test-server.ts';

const WAIT = { timeout: 20_000, interval: 20 };

it('lets nobody in by what another token gave: session, link or stream', async () => {
  const { app, get } = await testServer();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const signedIn = await app.inject({ method: 'POST', url: '/sign-in', payload: { token: TOKEN } });
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0]!;
  const { path: link } = (await app.inject({ method: 'POST', url: '/sign-in/link', headers: AUTH })).json();
  expect((await get('/session', { cookie })).json()).toEqual({ access: 'full' });
  const streams = await Promise.all(
    ['/queue/events', '/logs/events', '/rpc/logs/events'].map(async (url) => {
      const method = url.startsWith('/rpc') ? 'POST' : 'GET';
      const sent = request({ port, path: url, method, headers: { ...AUTH, 'content-type': 'application/json' } });
      sent.end(method === 'POST' ? '{"json":{}}' : undefined);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      response.resume().on('error', () => {}); // it is cut off
      return { closed: new Promise((resolve) => response.once('close', resolve)) };
    }),
  );

  app.door!.change({ full: 'another-token-of-it', read: 'a-read-only-token' });
  await Promise.all(streams.map(({ closed }) => closed));
  expect((await get('/queue/stats')).statusCode).toBe(401);
  expect((await get('/session', { cookie })).json()).toEqual({ access: null });
  expect((await get(link, {})).statusCode).toBe(401);
  const holder = { authorization: 'Bearer another-token-of-it' };
  expect((await get('/session', holder)).json()).toEqual({ access: 'full' });
  expect((await get('/session', { authorization: 'Bearer a-read-only-token' })).json()).toEqual({ access: 'read' });
  const { path } = (await app.inject({ method: 'POST', url: '/sign-in/link', headers: holder })).json();
  expect((await get(path, {})).statusCode).toBe(303);
});

it('is told of tokens as soon as they lie there, and keeps the old one where there is none', async () => {
  const folder = await tempDir();
  const { value } = await openToken(folder, {});
  const told: Tokens[] = [];
  const troubles: unknown[] = [];
  const watch = watchTokens(
    folder,
    {},
    { full: 'of-before-the-watch', read: null },
    (tokens) => told.push(tokens),
    (error) => troubles.push(error),
  );
  onTestFinished(() => watch.stop());
  const next = (tokens: Tokens) => vi.waitFor(() => expect(told.at(-1)).toEqual(tokens), WAIT);
  await next({ full: value, read: null });
  const { value: read } = await openToken(folder, {}, 'read');
  await next({ full: value, read });
  const { value: other } = await rotateToken(folder, {});
  await next({ full: other, read });
  await rm(join(folder, 'token-read-only'));
  await next({ full: other, read: null });
  await writeFile(join(folder, 'token'), 'short\n');
  await vi.waitFor(() => expect(troubles).toMatchObject([{ code: 'INVALID_SETTINGS' }]), WAIT);
  const { value: last } = await rotateToken(folder, {});
  await next({ full: last, read: null });
  expect(told).toHaveLength(5);
});
