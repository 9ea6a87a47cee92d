import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { AppError } from '../../../src-core/domain/app-error.ts';
import { createRemote, type RemoteOptions } from '../../../src-main/http/remote.ts';
import { isPublicAddress } from '../../../src-main/http/remote-address.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testServer } from './test-server.ts';

const FORBIDDEN = { code: 'FORBIDDEN' };
const INVALID = { code: 'INVALID_INPUT' };

const codeOf = (refused: Promise<void>): Promise<unknown> =>
  refused.then(
    () => null,
    (error: AppError) => error.code,
  );

/** A web server of this machine. It counts who comes, by the name that was asked for. */
async function webServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.headers.host} ${request.url}`);
    answer(request, response);
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

/** 127.0.0.1 stands for the open internet, since nothing else of it is here; the rest of loopback is what it is. */
async function remote(options: Partial<RemoteOptions> = {}) {
  const folder = await tempDir();
  const { download } = createRemote({
    enabled: true,
    maxBytes: 1_000,
    timeoutMs: 10_000,
    addressesOf: async () => ['127.0.0.1'],
    isAllowed: (address) => address === '127.0.0.1' || isPublicAddress(address),
    ...options,
  });
  const file = join(folder, 'picture');
  return { folder, file, fetchIt: (url: string) => download(url, file) };
}

it('knows what is of the open internet', () => {
  const open = ['8.8.8.8', '1.1.1.1', '100.63.255.255', '172.15.0.1', '192.167.1.1', '223.255.255.255', '2606:4700::1'];
  const closed = [
    '0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1',
    '172.31.255.255 192.168.0.1 192.0.0.8 198.18.0.1 203.0.113.9 224.0.0.1 255.255.255.255 :: ::1',
    '::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::7f00:1 64:ff9b::7f00:1 fe80::1 fec0::1',
    'fc00::1 fd00:ec2::254 ff02::1 2002:7f00:1:: 2001::1 2001:db8::1 localhost 127.1 0x7f000001',
    '2130706433',
  ].flatMap((line) => line.split(' '));
  expect(open.filter((address) => !isPublicAddress(address))).toEqual([]);
  expect(['', ...closed].filter(isPublicAddress)).toEqual([]);
});

it('fetches a picture by its name', async () => {
  const { port, seen } = await webServer((_request, response) => response.end('picture'));
  const { file, fetchIt } = await remote();
  await fetchIt(`http://pictures.example:${port}/a.png?b=1`);
  expect(await readFile(file, 'utf8')).toBe('picture');
  expect(seen).toEqual([`pictures.example:${port} /a.png?b=1`]);
});

it('is off where nobody turned it on', async () => {
  const { port, seen } = await webServer((_request, response) => response.end('picture'));
  const { fetchIt } = await remote({ enabled: false });
  await expect(fetchIt(`http://pictures.example:${port}/`)).rejects.toMatchObject(FORBIDDEN);
  expect(seen).toEqual([]);
});

it('refuses private addresses, however they are written', async () => {
  const { port, seen } = await webServer((_request, response) => response.end('secret'));
  const { fetchIt, folder } = await remote({ isAllowed: isPublicAddress });
  const hosts = [
    '127.0.0.1 2130706433 0x7f000001 017700000001 0177.0.0.1 127.1 0 0.0.0.0 127.0.0.2 [::1] [::]',
    '[::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1] [64:ff9b::7f00:1] ①②⑦.0.0.1 127。0。0。1',
    'localhost 169.254.169.254 [fd00:ec2::254] [fe80::1]',
  ].flatMap((line) => line.split(' '));
  for (const host of hosts) {
    expect([host, await codeOf(fetchIt(`http://${host}:${port}/`))]).toEqual([host, 'FORBIDDEN']);
  }
  expect(seen).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

it('refuses a name that leads to a private address, also beside a good one', async () => {
  const { port, seen } = await webServer((_request, response) => response.end('secret'));
  for (const addresses of [['10.0.0.1'], ['127.0.0.1', '192.168.0.1'], ['::1'], ['127.0.0.1', 'fe80::1%eth0']]) {
    const { fetchIt } = await remote({ addressesOf: async () => addresses });
    await expect(fetchIt(`http://evil.example:${port}/`)).rejects.toMatchObject(FORBIDDEN);
  }
  expect(seen).toEqual([]);
});

it('connects to the address that was checked, whatever the name says afterwards', async () => {
  const { port, seen } = await webServer((_request, response) => response.end('picture'));
  let asked = 0;
  const { fetchIt } = await remote({ addressesOf: async () => (asked++ === 0 ? ['127.0.0.1'] : ['127.0.0.2']) });
  await fetchIt(`http://rebinding.example:${port}/`);
  expect([asked, seen.length]).toEqual([1, 1]);
});

it('checks where it is sent on to, each time', async () => {
  const targets: Record<string, (port: number) => string> = {
    '/other-host': (port) => `http://127.0.0.2:${port}/secret`,
    '/decimal': (port) => `http://2130706434:${port}/secret`,
    '/six': (port) => `http://[::1]:${port}/secret`,
    '/no-scheme': (port) => `//127.0.0.2:${port}/secret`,
    '/by-name': (port) => `http://inside.example:${port}/secret`,
    '/file': () => 'file:///etc/hostname',
    '/user': (port) => `http://a:b@pictures.example:${port}/secret`,
    '/twice': () => '/other-host',
  };
  const { port, seen } = await webServer(({ url = '' }, response) => {
    const location = targets[url]?.(port) ?? `/loop${Number(/\d*$/.exec(url)?.[0]) + 1}`;
    response.writeHead(302, { location }).end();
  });
  const { fetchIt, folder } = await remote({
    addressesOf: async (name) => [name === 'inside.example' ? '127.0.0.2' : '127.0.0.1'],
  });
  for (const path of Object.keys(targets)) {
    const code = ['/file', '/user'].includes(path) ? 'INVALID_INPUT' : 'FORBIDDEN';
    expect([path, await codeOf(fetchIt(`http://pictures.example:${port}${path}`))]).toEqual([path, code]);
  }
  expect(seen.filter((one) => one.includes('secret'))).toEqual([]);
  await expect(fetchIt(`http://pictures.example:${port}/loop0`)).rejects.toThrow('redirects too often');
  expect(await readdir(folder)).toEqual([]);
});

it('follows a redirect to a good place', async () => {
  const { port } = await webServer(({ url }, response) =>
    url === '/there' ? response.end('picture') : response.writeHead(301, { location: '/there' }).end(),
  );
  const { file, fetchIt } = await remote();
  await fetchIt(`http://pictures.example:${port}/here`);
  expect(await readFile(file, 'utf8')).toBe('picture');
});

it('leaves nothing of what is too large, too slow or no picture', async () => {
  const { port } = await webServer(({ url }, response) => {
    if (url === '/large') response.end('x'.repeat(2_000));
    else if (url === '/missing') response.writeHead(404).end('secret');
    else if (url === '/cut') response.writeHead(200, { 'content-length': '10' }).write('x', () => response.destroy());
    else response.write('x');
  });
  const { fetchIt, folder } = await remote({ timeoutMs: 500 });
  const at = (path: string) => fetchIt(`http://pictures.example:${port}${path}`);
  await expect(at('/large')).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
  await expect(at('/missing')).rejects.toThrow('HTTP 404');
  await expect(at('/cut')).rejects.toMatchObject(INVALID);
  await expect(at('/slow')).rejects.toThrow('no answer in time');
  for (const url of ['ftp://a/b', 'file:///etc/hostname', 'data:image/png,x', 'no url', 'http://u:p@a/', '']) {
    expect([url, await codeOf(fetchIt(url))]).toEqual([url, 'INVALID_INPUT']);
  }
  expect(await readdir(folder)).toEqual([]);
});

it('is not a way in for those who search', async () => {
  const { port, seen } = await webServer((_request, response) => response.end('secret'));
  const image_url = `http://127.0.0.1:${port}/a.png`;
  const off = await testServer();
  expect((await off.post('/search', { image_url })).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  const on = await testServer({ http: { fetchUrls: true } });
  for (const url of [image_url, `http://localhost:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`]) {
    const problem = (await on.post('/search', { image_url: url })).json();
    expect([url, problem.status, problem.code]).toEqual([url, 403, 'FORBIDDEN']);
  }
  expect((await on.post('/search', { image_url: 'file:///etc/hostname' })).json().status).toBe(400);
  expect(seen).toEqual([]);
  expect(await readdir(join(on.console.dataDir.root, 'queries'))).toEqual([]);
});
