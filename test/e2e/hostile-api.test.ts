import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startCli, type CliProcess } from '../support/cli.ts';
import { membersOf } from '../support/proc.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 120_000 };
const WAIT = { timeout: 60_000, interval: 20 };

/** The real server without workers; nothing of it may outlive the test. */
async function serve(...args: string[]) {
  const data = await tempDir();
  const cli = startCli(data, ['serve', '--port', '0', '--workers', '0', ...args], { detached: true });
  onTestFinished(async () => {
    cli.child.kill('SIGTERM');
    expect((await cli.ended).code).toBe(0);
    expect(membersOf(cli.child.pid!)).toEqual([]);
  });
  const url = await said(cli, /Listening on (http:\S+);/);
  return { data, cli, url, port: Number(new URL(url).port), link: await said(cli, /^Console\b.*: (http:\S+)$/m) };
}

function said({ output, ended }: CliProcess, pattern: RegExp): Promise<string> {
  const ending = ended.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`)));
  const found = vi.waitFor(() => pattern.exec(output().stderr)?.[1] ?? Promise.reject(new Error('not yet')), WAIT);
  return Promise.race([found, ending]);
}

/** Sends bytes as they are and answers all that comes back until the server ends the connection, which it must. */
async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  const late = setTimeout(() => socket.destroy(new Error('the server did not end the connection')), 10_000);
  const answer = text(socket).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') throw error; // it was cut off while it was still sending
    return '';
  });
  socket.end(bytes, 'latin1');
  await ended;
  clearTimeout(late);
  return answer;
}

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;

async function tokenOf(data: string, ...args: string[]): Promise<string> {
  const { code, stdout } = await startCli(data, ['token', ...args]).ended;
  expect(code).toBe(0);
  return stdout.trim();
}

it('answers what is no proper HTTP, and goes on', TEST, async () => {
  const { data, url, port, cli } = await serve();
  const host = `Host: 127.0.0.1:${port}`;
  const auth = `Authorization: Bearer ${await tokenOf(data)}`;
  const json = 'Content-Type: application/json';
  const cases: Record<string, [bytes: string, statuses: readonly number[]]> = {
    garbage: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
    'no host': [lines('GET /queue/stats HTTP/1.1', auth), [400]],
    'no host, old': [lines('GET /queue/stats HTTP/1.0', auth), [403]],
    'two hosts': [lines('GET /queue/stats HTTP/1.1', host, 'Host: evil.example', 'Connection: close'), [400, 401]],
    'another host in the target': [
      lines('GET http://evil.example/queue/stats HTTP/1.1', host, 'Connection: close'),
      [401, 404],
    ],
    'two lengths': [
      `${lines('POST /queue/pause HTTP/1.1', host, auth, 'Content-Length: 2', 'Content-Length: 4')}{}`,
      [400],
    ],
    'length and chunks': [
      `${lines('POST /queue/pause HTTP/1.1', host, auth, json, 'Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
      [400],
    ],
    'length below zero': [lines('POST /queue/pause HTTP/1.1', host, auth, 'Content-Length: -1'), [400]],
    'no such chunk': [`${lines('POST /search HTTP/1.1', host, auth, json, 'Transfer-Encoding: chunked')}zz\r\n`, [400]],
    'a NUL in a header': [lines('GET /health HTTP/1.1', host, 'X-A: a\0b'), [400]],
    'a folded header': [lines('GET /health HTTP/1.1', host, 'X-A: a', ' b'), [400]],
    'huge headers': [lines('GET /health HTTP/1.1', host, `X-A: ${'a'.repeat(40_000)}`), [431]],
    'a huge target': [lines(`GET /${'a'.repeat(40_000)} HTTP/1.1`, host), [400, 431]],
    'a broken escape': [lines('GET /queue/status/%zz HTTP/1.1', host, auth, 'Connection: close'), [400]],
    traversal: [lines('GET /assets/../../../../etc/passwd HTTP/1.1', host, 'Connection: close'), [401]],
    'encoded traversal': [lines('GET /assets/%2e%2e%2f%2e%2e%2fetc/passwd HTTP/1.1', host, 'Connection: close'), [401]],
    'no target': [lines('GET HTTP/1.1', host), [400]],
    'a tunnel': [lines('CONNECT 127.0.0.1:22 HTTP/1.1', host), [400, 401, 404]],
    'an upgrade': [lines('GET /queue/stats HTTP/1.1', host, 'Connection: Upgrade', 'Upgrade: websocket'), [401]],
    'another version': [lines('GET / HTTP/9.9', host), [400, 505]],
  };
  for (const [name, [bytes, statuses]] of Object.entries(cases)) {
    const answer = await sendRaw(port, bytes);
    const got = [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
    // A tunnel that nobody offers is cut off without a word.
    if (name === 'a tunnel' && got.length === 0) continue;
    expect({ name, answer, fine: got.length === 1 && statuses.includes(got[0]!) }).toMatchObject({ fine: true });
    expect({ name, answer }).toMatchObject({ answer: expect.not.stringMatching(/root:|node_modules|\.ts:\d/) });
  }
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const { paused } = (await (
    await fetch(`${url}/queue/stats`, { headers: { authorization: auth.slice(15) } })
  ).json()) as { paused: boolean };
  expect([paused, cli.output().stdout]).toEqual([false, '']);
});

it('signs a browser in by the link that serve prints, once', TEST, async () => {
  const { url, link } = await serve();
  expect(link.startsWith(`${url}/sign-in?code=`)).toBe(true);
  const opened = await fetch(link, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
  const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
  const session = await fetch(`${url}/session`, { headers: { cookie } });
  expect(await session.json()).toEqual({ access: 'full' });
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);
  // Of another site, with the cookie that the browser holds.
  const forged = { method: 'POST', body: '{}', headers: { cookie, origin: 'http://evil.example' } };
  expect((await fetch(`${url}/queue/pause`, forged)).status).toBe(403);
});

it('is called by its own names only', TEST, async () => {
  const { port } = await serve('--allowed-host', 'pictures.example.com');
  const statusOf = async (host: string) => {
    const answer = await sendRaw(port, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
  };
  for (const host of [`127.0.0.1:${port}`, 'localhost', 'pictures.example.com']) {
    expect([host, await statusOf(host)]).toEqual([host, 200]);
  }
  // A name of the attacker's that was made to lead here, after its page was loaded.
  for (const host of [`rebinding.example:${port}`, 'pictures.example.com.evil.example']) {
    expect([host, await statusOf(host)]).toEqual([host, 403]);
  }
});

it('lets a read-only token look', TEST, async () => {
  const { data, cli } = await serve();
  expect((await readdir(data)).includes('token-read-only')).toBe(false);
  const token = await tokenOf(data, '--read-only');
  expect(await tokenOf(data, '--read-only')).toBe(token);
  expect(await tokenOf(data)).not.toBe(token);
  cli.child.kill('SIGTERM');
  await cli.ended;

  const again = startCli(data, ['serve', '--port', '0', '--workers', '0'], { detached: true });
  const url = await said(again, /Listening on (http:\S+);/);
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${url}/queue/stats`, { headers })).status).toBe(200);
  expect((await fetch(`${url}/queue/enqueue`, { method: 'POST', headers })).status).toBe(403);
  again.child.kill('SIGTERM');
  expect((await again.ended).code).toBe(0);
});

it('opens the console in the browser', TEST, async () => {
  const folder = await tempDir();
  const browser = join(folder, 'browser');
  await writeFile(browser, `#!/bin/sh\nprintf '%s' "$1" >"$0.part" && mv "$0.part" "$0.url"\n`, { mode: 0o755 });
  vi.stubEnv('BROWSER', browser);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { link } = await serve('--open');
  await vi.waitFor(async () => expect(await readFile(`${browser}.url`, 'utf8')).toBe(link), WAIT);
});
