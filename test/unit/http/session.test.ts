import { expect, it } from 'vitest';
import { createSessions, createSignInCodes } from '../../../src-main/http/session.ts';

const TOKENS = { full: 'the-full-token-of-it', read: 'the-other-token-of-it' };
const DAY = 86_400_000;

const pairOf = (setCookie: string): string => setCookie.split(';')[0]!;

it('lets in who holds a cookie of its own making, until it is over or the token another', () => {
  let at = Date.UTC(2030, 0, 1);
  const sessions = createSessions(TOKENS, DAY, () => at);
  const cookie = sessions.open('full', false);
  expect(cookie).toMatch(/^imagefleet_[0-9a-f]{8}=\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=86400$/);
  expect(sessions.open('full', true)).toMatch(/; Secure$/);
  expect(sessions.accessOf(pairOf(cookie))).toBe('full');
  expect(sessions.accessOf(`other=1; ${pairOf(cookie)}; more=2`)).toBe('full');
  expect(sessions.accessOf(pairOf(sessions.open('read', false)))).toBe('read');

  // Another server with the same tokens, or this one started again.
  expect(createSessions(TOKENS, DAY, () => at).accessOf(pairOf(cookie))).toBe('full');
  expect(createSessions({ ...TOKENS, full: 'another-token' }, DAY, () => at).accessOf(pairOf(cookie))).toBeNull();
  at += DAY;
  expect(sessions.accessOf(pairOf(cookie))).toBeNull();
  expect(sessions.close()).toContain('Max-Age=0');
});

it('takes no cookie that was changed', () => {
  const sessions = createSessions(TOKENS, DAY);
  const full = pairOf(sessions.open('full', false));
  const read = pairOf(sessions.open('read', false));
  const [name, value] = full.split('=') as [string, string];
  const [access, endsAt, random, signature] = value.split('.') as [string, string, string, string];
  const changed = [
    read.replace('=read.', '=full.'),
    full.replace('=full.', '=read.'),
    `${name}=${access}.${Number(endsAt) + 1}.${random}.${signature}`,
    `${name}=${access}.${endsAt}.${random}x.${signature}`,
    `${name}=${access}.${endsAt}.${random}.${signature.slice(0, -4)}`,
    `${name}=${access}.${endsAt}.${random}.`,
    `${name}=${access}.${endsAt}.${random}`,
    `${name}=__proto__.${endsAt}.${random}.${signature}`,
    `${name}=`,
    name,
    '',
    ';;;==;',
    full.replace(name, 'imagefleet_00000000'),
  ];
  for (const cookie of changed) expect([cookie, sessions.accessOf(cookie)]).toEqual([cookie, null]);
  expect(sessions.accessOf(undefined)).toBeNull();
  // Without a read-only token there is no session of one.
  expect(createSessions({ ...TOKENS, read: null }, DAY).accessOf(read)).toBeNull();
});

it('makes codes that are good once, and within an hour', () => {
  let at = 0;
  const codes = createSignInCodes(() => at);
  const { code, expiresAt } = codes.make();
  expect(expiresAt).toBe(3_600_000);
  expect(codes.use(`${code}x`)).toBe(false);
  expect([codes.use(code), codes.use(code)]).toEqual([true, false]);
  const late = codes.make().code;
  at = 3_600_000;
  expect(codes.use(late)).toBe(false);
});

it('remembers no more than so many codes', () => {
  const codes = createSignInCodes();
  const first = codes.make().code;
  const others = Array.from({ length: 100 }, () => codes.make().code);
  expect(codes.use(first)).toBe(false);
  expect(others.every((code) => codes.use(code))).toBe(true);
});
