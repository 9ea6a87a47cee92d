import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { followLogs, type LogEvent } from '../../../src-core/contract/system.ts';
import { createLogRing } from '../../../src-core/telemetry/log-ring.ts';
import { createLiveLogs } from '../../../src-main/http/logs/live-logs.ts';
import { AUTH, testServer } from './test-server.ts';

const WAIT = { timeout: 20_000, interval: 20 };

const line = (msg: string, fields: object = {}) => JSON.stringify({ level: 30, time: 5, msg, proc: 'host', ...fields });

/** What a reader is told until it is told `until`, pings left out. */
async function read(events: AsyncGenerator<LogEvent | { event: 'ping' }>, until: number): Promise<LogEvent[]> {
  const told: LogEvent[] = [];
  while (told.length < until) {
    const { value, done } = await events.next();
    if (done) throw new Error('it ended');
    if (value.event !== 'ping') told.push(value);
  }
  return told;
}

const messagesOf = (events: readonly LogEvent[]) =>
  events.map((event) => (event.event === 'log' ? event.data.message : event.data));

it('begins with the newest lines, goes on with those that come, and tells a slow reader what it missed', async () => {
  const ring = createLogRing(5);
  const live = createLiveLogs(ring);
  onTestFinished(() => live.close());
  for (const n of [1, 2, 3]) ring.add(line(`line ${n}`));
  const events = live.follow(followLogs.parse({ tail: '2' }));
  expect(messagesOf(await read(events, 2))).toEqual(['line 2', 'line 3']);
  const next = read(events, 1);
  ring.add(line('line 4'));
  expect(messagesOf(await next)).toEqual(['line 4']);
  for (let n = 5; n <= 12; n++) ring.add(line(`line ${n}`));
  const rest = await read(events, 6);
  expect(messagesOf(rest)).toEqual([{ missed: 3 }, ...[8, 9, 10, 11, 12].map((n) => `line ${n}`)]);

  // Another connection goes on where this one broke off.
  const { id } = rest[4] as { id: string };
  expect(messagesOf(await read(live.follow(followLogs.parse({ last_event_id: id })), 1))).toEqual(['line 12']);
  // A server that has started again counts anew.
  const later = createLiveLogs(ring).follow(followLogs.parse({ last_event_id: id, tail: 0 }));
  expect(messagesOf(await read(later, 6))).toEqual([{ missed: null }, ...[8, 9, 10, 11, 12].map((n) => `line ${n}`)]);
  await later.return(undefined);
});

it('keeps quiet connections alive, and ends them all', async () => {
  const live = createLiveLogs(createLogRing(), 1);
  const events = live.follow(followLogs.parse({}));
  for (let n = 0; n < 3; n++) expect(await events.next()).toEqual({ done: false, value: { event: 'ping' } });
  live.close();
  await expect(events.next()).resolves.toMatchObject({ done: true });
});

async function listening() {
  const server = await testServer({ log: { level: 'debug' } });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  return {
    ...server,
    async open(query: string): Promise<IncomingMessage> {
      const sent = request({ port, path: `/logs/events?${query}`, headers: AUTH }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      onTestFinished(() => void response.destroy());
      return response;
    },
  };
}

it('streams lines by level, process, worker and task, from the first on', async () => {
  const { open, console, get } = await listening();
  const log = await console.log();
  const readers = await Promise.all(
    ['worker_id=w1', 'task_id=t1&level=error', 'proc=worker&level=debug', 'of=an-import'].map(async (query) => {
      const response = await open(`${query}&tail=0`);
      expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      return () => [...text.matchAll(/"message":"(\w+)"/g)].map(([, message]) => message);
    }),
  );
  log.info({ workerId: 'w1', taskId: 't1' }, 'one');
  log.error({ workerId: 'w2', taskId: 't1', token: 'very-secret' }, 'two');
  log.child({ proc: 'worker' }).debug({ importId: 'an-import' }, 'three');
  log.warn({ importId: 'an-import', workerId: 'w1' }, 'four');
  await vi.waitFor(() => {
    expect(readers.map((messages) => messages())).toEqual([['one', 'four'], ['two'], ['three'], ['four']]);
  }, WAIT);
  const listed = (await get('/logs?task_id=t1&level=error')).json() as { lines: object[] };
  expect(listed.lines).toMatchObject([{ message: 'two' }]);
  expect((await get('/logs/events?level=loud')).json()).toMatchObject({ status: 400, errors: [{ field: 'level' }] });
});

it('holds nothing for a reader that does not read, and says so when it goes on', async () => {
  const { open, console } = await listening();
  const log = await console.log();
  const response = await open('tail=0');
  response.pause();
  // More than sockets hold, and than are kept.
  for (let n = 0; n < 8_000; n++) {
    log.info({ n, text: 'x'.repeat(2_000) }, 'filler');
    if (n % 100 === 0) await new Promise(setImmediate);
  }
  log.info('the last one');
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.resume();
  await vi.waitFor(() => expect(text).toContain('the last one'), WAIT);
  const gaps = [...text.matchAll(/event: gap\ndata: \{"missed":(\d+)\}/g)].map(([, missed]) => Number(missed));
  const lines = [...text.matchAll(/"message":"filler"/g)].length;
  expect(gaps.length).toBeGreaterThan(0);
  expect(lines + gaps.reduce((sum, missed) => sum + missed, 0)).toBe(8_000);
});
