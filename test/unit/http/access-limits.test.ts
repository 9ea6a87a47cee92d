import { expect, it, onTestFinished } from 'vitest';
import { callerOf, createGuesses, createRateLimit } from '../../../src-main/http/limits.ts';
import { AUTH, testServer, TOKEN } from './test-server.ts';

const WRONG = { authorization: 'Bearer wrong' };

it('lets so many through, and again when the window is over', () => {
  let at = 0;
  const limit = createRateLimit(2, () => at);
  expect(limit.take('a')).toEqual({ limit: 2, remaining: 1, resetsIn: 60, ok: true });
  at = 30_000;
  expect(limit.take('a')).toMatchObject({ remaining: 0, resetsIn: 30, ok: true });
  expect(limit.take('a')).toMatchObject({ remaining: 0, resetsIn: 30, ok: false });
  expect(limit.take('b')).toMatchObject({ ok: true });
  expect(limit.look('c')).toMatchObject({ remaining: 2, ok: true });
  at = 60_000;
  expect(limit.take('a')).toMatchObject({ remaining: 1, resetsIn: 60, ok: true });
});

it('forgets the oldest of very many callers', () => {
  const limit = createRateLimit(1, () => 0);
  limit.take('first');
  limit.take('second');
  for (let n = 1; n < 10_000; n++) limit.take(`caller ${n}`);
  expect(limit.look('first').remaining).toBe(1);
  expect(limit.look('second').remaining).toBe(0);
});

it('counts a network of IPv6 as one', () => {
  expect(callerOf('192.0.2.7')).toBe('192.0.2.7');
  expect(callerOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(callerOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(callerOf('2001:db8:1:2::9')).toBe('2001:db8:1:2');
  expect(callerOf('2001:db8::9')).toBe('2001:db8:0:0');
  expect(callerOf('::1')).toBe('0:0:0:0');
});

it('stops who guesses before it compares, but not who got in before', () => {
  let at = 0;
  const guesses = createGuesses(() => at);
  const wrong = (caller: string) => guesses.check(caller, () => null);
  const right = (caller: string) => guesses.check(caller, () => 'in');
  const late = expect.objectContaining({ code: 'TOO_MANY_REQUESTS', details: { retryAfter: 60 } });
  for (let n = 0; n < 20; n++) expect(wrong('10.0.0.1')).toBeNull();
  expect(() => right('10.0.0.1')).toThrow(late);
  expect(right('10.0.0.2')).toBe('in');
  for (let n = 0; n < 20; n++) expect(wrong('10.0.0.2')).toBeNull();
  expect(() => wrong('10.0.0.2')).toThrow(late);
  expect(right('10.0.0.2')).toBe('in');
  at = 60_000;
  expect(right('10.0.0.1')).toBe('in');
});

it('answers too many wrong tokens with when to come back', async () => {
  const { get, post } = await testServer();
  for (let n = 0; n < 20; n++) expect((await get('/catalogs', WRONG)).statusCode).toBe(401);
  const answer = await get('/catalogs');
  expect([answer.statusCode, answer.json().code]).toEqual([429, 'TOO_MANY_REQUESTS']);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(50);
  // All ways in are one.
  const form = { authorization: '' };
  expect((await post('/sign-in', { token: TOKEN }, form)).statusCode).toBe(429);
  expect((await get('/sign-in?code=x', {})).statusCode).toBe(429);
  expect((await get('/health', {})).statusCode).toBe(200);
});

it('limits how often one address calls, and says so in the usual headers', async () => {
  const { get } = await testServer({ http: { requestsPerMinute: 3 } });
  const answers = [];
  for (let n = 0; n < 4; n++) answers.push(await get('/catalogs'));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429]);
  expect(answers.map(({ headers }) => headers['ratelimit-remaining'])).toEqual(['2', '1', '0', '0']);
  expect(answers[3]!.headers).toMatchObject({ 'ratelimit-limit': '3', 'retry-after': expect.stringMatching(/^\d+$/) });
  expect((await get('/health', AUTH)).statusCode).toBe(200);
  const free = await testServer({ http: { requestsPerMinute: 0 } });
  expect((await free.get('/catalogs')).headers['ratelimit-limit']).toBeUndefined();
});

it('answers what takes too long with that', async () => {
  const { app } = await testServer({ http: { requestMs: 200 } });
  const end = Promise.withResolvers<void>();
  onTestFinished(() => end.resolve());
  const slow = async () => end.promise;
  app.get('/slow', slow);
  app.post('/slow', slow);
  app.post('/fast', async () => ({ fast: true }));
  // By a real connection: a body that has been read is no end of the request.
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const headers = { ...AUTH, 'content-type': 'application/json' };
  const post = { method: 'POST', body: '{"a": 1}', headers };
  for (const init of [{ headers }, post]) {
    const answer = await fetch(`${url}/slow`, init);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'REQUEST_TIMEOUT' });
  }
  expect(await (await fetch(`${url}/fast`, post)).json()).toEqual({ fast: true });
});
