import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { testServer, TOKEN } from './test-server.ts';

const ARRIVAL = { headers: 300, all: 1_000 };
/** Between two bytes of a client that would hold its connection for as long as it likes. */
const PACE_MS = 20;

async function listening(requestMs = 60_000) {
  const { app, get } = await testServer({ http: { requestMs } }, { arrivalMs: ARRIVAL });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;

  /** Sends `at once`, then the rest byte by byte, until the server ends the connection. */
  function send(atOnce: string, rest: string): Promise<{ answer: string; ms: number; sent: number }> {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const began = performance.now();
    let answer = '';
    let sent = 0;
    socket.write(atOnce);
    const timer = setInterval(() => {
      if (sent < rest.length && socket.writable) socket.write(rest[sent++]!);
    }, PACE_MS);
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    return new Promise((resolve) => {
      socket.on('error', () => {}); // it was cut off while it wrote
      socket.once('close', () => {
        clearInterval(timer);
        resolve({ answer, ms: performance.now() - began, sent });
      });
    });
  }
  return { app, get, send };
}

const head = (length: number) =>
  [
    'POST /queue/enqueue HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${TOKEN}`,
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    '\r\n',
  ].join('\r\n');

it('cuts off who sends headers byte by byte', async () => {
  const { send, get } = await listening();
  const { answer, ms, sent } = await send(
    'GET /health HTTP/1.1\r\nHost: localhost\r\n',
    `X-Slow: ${'x'.repeat(9_000)}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('the request did not arrive in time');
  expect(ms).toBeGreaterThanOrEqual(ARRIVAL.headers);
  expect(sent).toBeLessThan(9_000);
  expect((await get('/health')).statusCode).toBe(200);
});

it('cuts off who sends nothing at all after the first line', async () => {
  const { send } = await listening();
  expect((await send('GET /health HTTP/1.1\r\n', '')).answer).toMatch(/^HTTP\/1\.1 408 /);
});

it('cuts off who sends a body byte by byte, and enqueues nothing of it', async () => {
  const { send, get } = await listening();
  const { answer, ms, sent } = await send(head(90_000), '{"image_path": "/slow.png"}'.padEnd(90_000));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(ms).toBeGreaterThanOrEqual(ARRIVAL.all);
  expect(sent).toBeLessThan(90_000);
  expect((await get('/queue/stats')).json()).toMatchObject({ totals: { enqueued: 0 } });
});

it('answers who sends a body for longer than an answer may take, and lets go of the connection', async () => {
  const { send, get } = await listening(200);
  const { answer, sent } = await send(head(90_000), '{"image_path": "/slow.png"}'.padEnd(90_000));
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toContain('REQUEST_TIMEOUT');
  expect(sent).toBeLessThan(90_000);
  expect((await get('/queue/stats')).json()).toMatchObject({ totals: { enqueued: 0 } });
});

it('ends while somebody is still sending', async () => {
  const { app, send } = await listening();
  const slow = send(head(90_000), ' '.repeat(90_000));
  await new Promise((resolve) => app.server.once('connection', resolve));
  await app.close();
  expect((await slow).sent).toBeLessThan(90_000);
});
