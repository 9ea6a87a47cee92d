import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { AUTH, testServer } from './test-server.ts';

const SOURCE = resolve(import.meta.dirname, '../../../src-renderer/index.html');

/** A console as the builder would write it, beside something that is none of it. */
async function pagesServer() {
  const base = await tempDir();
  const pages = join(base, 'renderer');
  await mkdir(join(pages, 'assets'), { recursive: true });
  await writeFile(join(pages, 'index.html'), await readFile(SOURCE));
  await writeFile(join(pages, 'assets', 'index-abc.js'), 'let a;\n');
  await writeFile(join(pages, 'assets', 'index-abc.css'), 'a {}\n');
  await writeFile(join(base, 'token'), 'secret');
  await symlink(join(base, 'token'), join(pages, 'assets', 'link.js'));
  return testServer({}, { pages });
}

it('serves the page under a policy of its own, with a nonce that is another one each time', async () => {
  const { get } = await pagesServer();
  const [first, second] = [await get('/', {}), await get('/', {})];
  const nonceOf = ({ headers }: typeof first) =>
    /style-src 'self' 'nonce-([\w-]{24})'/.exec(String(headers['content-security-policy']))?.[1];
  const nonce = nonceOf(first);
  expect(nonce).toBeDefined();
  expect(nonceOf(second)).not.toBe(nonce);
  expect(first.body).toContain(`<meta property="csp-nonce" nonce="${nonce}" />`);
  // Two policies would both hold, and that of the page knows no nonce.
  expect(first.body).not.toContain('Content-Security-Policy');
  const policy = String(first.headers['content-security-policy']);
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    expect(policy.split('; ')).toContain(part);
  }
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(first.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
});

it('serves the files of the console to everybody, and nothing else of the disk', async () => {
  const { get } = await pagesServer();
  const script = await get('/assets/index-abc.js', {});
  expect([script.statusCode, script.body]).toEqual([200, 'let a;\n']);
  expect(script.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect((await get('/assets/index-abc.css', {})).headers['content-type']).toBe('text/css; charset=utf-8');
  const again = await get('/assets/index-abc.js', { 'if-none-match': String(script.headers.etag) });
  expect([again.statusCode, again.body]).toEqual([304, '']);

  const traversals = [
    '/assets/link.js',
    '/assets/../../token',
    '/assets/..%2f..%2ftoken',
    '/assets/%2e%2e/%2e%2e/token',
    '/assets/..%5c..%5ctoken',
    '/assets/....//token',
    '/%2e%2e/token',
    '//token',
    '/assets/%00',
    '/assets/',
    '/index.html',
  ];
  for (const url of traversals) {
    const { statusCode, body } = await get(url, {});
    expect([url, statusCode, body.includes('secret')]).toEqual([url, 401, false]);
  }
});

it('says of every other answer that it is no page, and of no answer that others may read it', async () => {
  const { get, app } = await pagesServer();
  const answers = [
    await get('/queue/stats'),
    await get('/queue/stats', {}),
    await get('/no-such-thing'),
    await get('/health', {}),
    await get('/queue/stats', { host: 'evil.example' }),
    await app.inject({
      method: 'OPTIONS',
      url: '/queue/enqueue',
      headers: { ...AUTH, origin: 'http://localhost:80', 'access-control-request-method': 'POST' },
    }),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

it('says that the console is not built', async () => {
  const { get } = await testServer({}, { pages: join(await tempDir(), 'not-there') });
  expect((await get('/', {})).json()).toMatchObject({ status: 404, detail: expect.stringContaining('npm run build') });
});
