import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createReader } from '../../../src-main/http/queue/live-reader.ts';
import { heartbeatOf } from '../../support/fleet-facts.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { AUTH, testServer } from './test-server.ts';

const WAIT = { timeout: 20_000, interval: 20 };

interface SentEvent {
  id: string | undefined;
  event: string;
  data: Record<string, unknown>;
}

async function listening() {
  const folder = await tempDir();
  const server = await testServer({ paths: { allowRoots: [folder] } });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const enqueue = (name: string) => server.post('/queue/enqueue', { image_path: join(folder, name), task_id: name });

  async function open(headers: Record<string, string> = {}): Promise<IncomingMessage> {
    const sent = request({ port, path: '/queue/events', headers: { ...AUTH, ...headers } }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    onTestFinished(() => void response.destroy());
    return response;
  }

  async function listen(headers: Record<string, string> = {}) {
    const response = await open(headers);
    expect(response.headers['content-type']).toContain('text/event-stream');
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const events = (): SentEvent[] =>
      text
        .split('\n\n')
        .slice(0, -1)
        .filter((one) => one[0] !== ':')
        .map(eventOf);
    return {
      response,
      events,
      waitFor: (check: (events: SentEvent[]) => void) => vi.waitFor(() => check(events()), WAIT),
    };
  }
  return { ...server, open, listen, enqueue };
}

function eventOf(text: string): SentEvent {
  const fields = Object.fromEntries(text.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
  return { id: fields.id, event: fields.event, data: JSON.parse(fields.data) as Record<string, unknown> };
}

const tasksOf = (events: SentEvent[]) => events.filter(({ event }) => event === 'task');

it('begins with a snapshot, then tells what happens', async () => {
  const { listen, enqueue, console, post } = await listening();
  await enqueue('before');
  const { events, waitFor } = await listen();
  await waitFor((all) => expect(all.some(({ event }) => event === 'health')).toBe(true));
  expect(events()[0]).toMatchObject({
    id: expect.stringMatching(/^\d+$/),
    event: 'snapshot',
    data: { stats: { counts: { waiting: 1 } }, workers: [], imports: [] },
  });
  const queue = await console.queue();
  const { tasks } = await queue.claim({ workerId: 'w', claimId: 'c', max: 9, leaseMs: 60_000 });
  await queue.settle('w', [{ taskId: 'before', version: tasks[0]!.version, outcome: 'done', result: {} }]);
  await post('/queue/pause', undefined);
  await waitFor((all) =>
    expect(tasksOf(all).map(({ data }) => data)).toMatchObject([
      { type: 'settled', worker_id: 'w', tasks: [{ task_id: 'before', status: 'completed', code: null }] },
      { type: 'paused', import_id: null },
    ]),
  );
});

it('tells of workers that have ended', async () => {
  const { listen, console } = await listening();
  const queue = await console.queue();
  for (const workerId of ['one', 'two']) await queue.heartbeat(heartbeatOf({ workerId }));
  const { events, waitFor } = await listen();
  await waitFor((all) => expect(all[0]).toMatchObject({ data: { workers: [{}, {}] } }));
  await queue.removeWorker('one');
  await waitFor((all) => expect(all.find(({ event }) => event === 'worker_gone')?.data).toEqual({ worker_id: 'one' }));
  expect(events().filter(({ event }) => event === 'worker_gone')).toHaveLength(1);
});

it('goes on after the last event that the reader saw, and with a snapshot where it cannot', async () => {
  const { listen, enqueue, post } = await listening();
  const first = await listen();
  await first.waitFor((all) => expect(all).not.toEqual([]));
  await enqueue('seen');
  await first.waitFor((all) => expect(tasksOf(all)).toHaveLength(1));
  const { id = '' } = tasksOf(first.events())[0]!;
  first.response.destroy();
  await enqueue('missed');
  await post('/queue/pause', undefined);

  const again = await listen({ 'last-event-id': id });
  await again.waitFor((all) => expect(tasksOf(all)).toHaveLength(2));
  expect(again.events()[0]).toMatchObject({ id: String(Number(id) + 1), data: { type: 'enqueued', count: 1 } });
  await enqueue('later');
  await again.waitFor((all) => expect(tasksOf(all)).toHaveLength(3));

  for (const unknown of ['999999', 'x', '-1', '']) {
    const other = await listen({ 'last-event-id': unknown });
    await other.waitFor((all) => expect(all[0]?.event).toBe('snapshot'));
  }
});

it('ends the streams when the server ends, and needs a token', async () => {
  const { app, open, listen } = await listening();
  expect((await open({ authorization: 'Bearer x' })).statusCode).toBe(401);
  const { response, waitFor } = await listen();
  await waitFor((all) => expect(all).not.toEqual([]));
  const ended = once(response, 'end');
  await app.close();
  await ended;
});

it('drops to a snapshot for a reader that is slow, and holds no more than so much for it', async () => {
  const gone = new AbortController();
  const reader = createReader(gone.signal);
  const ping = { event: 'ping' } as const;
  for (let n = 0; n < 256; n++) reader.push(ping);
  expect(await reader.next()).toBe(ping);
  reader.push(ping);
  reader.push(ping); // the 257th
  reader.push(ping);
  expect(await reader.next()).toBe('behind');
  const next = reader.next();
  reader.push(ping);
  expect(await next).toBe(ping);
  const last = reader.next();
  gone.abort();
  expect(await last).toBe('end');
});
