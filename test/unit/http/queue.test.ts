import { join } from 'node:path';
import { expect, it } from 'vitest';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testServer } from './test-server.ts';

async function enqueuer() {
  const folder = await tempDir();
  return { folder, path: join(folder, 'a.png'), ...(await testServer({ paths: { allowRoots: [folder] } })) };
}

it('enqueues a picture with all that is said of it', async () => {
  const { post, get, path, folder, console } = await enqueuer();
  const answer = await post('/queue/enqueue', {
    image_path: path,
    product_id: '7',
    name: 'Chair',
    description: 'blue',
    metadata: { colour: 'blue', size: [1, 2] },
    priority: 'high',
    catalog: 'Furniture',
    task_id: 'mine',
    max_attempts: 5,
  });
  expect(answer.statusCode).toBe(200);
  const { created_at } = answer.json();
  expect(answer.json()).toEqual({ task_id: 'mine', status: 'waiting', created_at: expect.any(String) });
  expect(Math.abs(Date.parse(created_at) - Date.now())).toBeLessThan(60_000);

  const catalog = (await (await console.catalogs()).list()).find(({ name }) => name === 'Furniture')!;
  expect(await (await console.queue()).get('mine')).toMatchObject({
    kind: 'index',
    priority: 'high',
    catalogId: catalog.id,
    maxAttempts: 5,
    payload: {
      path,
      root: folder,
      canonicalName: path,
      imageId: imageIdOf(catalog.id, path),
      productId: '7',
      name: 'Chair',
      description: 'blue',
      metadata: { colour: 'blue', size: [1, 2] },
    },
  });
  expect((await get('/queue/status/mine')).json()).toMatchObject({
    task_id: 'mine',
    status: 'waiting',
    image_path: path,
    attempts: 0,
    max_attempts: 5,
    created_at,
    finished_at: null,
    error: null,
    result: null,
  });
});

it.each([
  ['info', 0],
  ['debug', 1],
] as const)('logs at %s single enqueues %i times, and others always', async (level, times) => {
  const folder = await tempDir();
  const { post, get, lines } = await testServer({ paths: { allowRoots: [folder] }, log: { level } });
  await post('/queue/enqueue', { image_path: join(folder, 'one.png') });
  await get('/queue/stats');
  const answered = (url: string) =>
    lines.filter((line) => line.includes('request completed') && line.includes(reqIdOf(lines, url))).length;
  expect([answered('/queue/enqueue'), answered('/queue/stats')]).toEqual([times, 1]);
});

it('logs at info what a page asks for only where it fails, and then with its address', async () => {
  const { post, get, lines } = await testServer({ log: { level: 'info' } });
  await post('/rpc/queue/stats', {});
  await get('/session', {});
  expect(lines).toEqual([]);
  await post('/rpc/queue/status', { json: { task_id: 'none' } });
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 30, msg: 'request completed', req: { url: '/rpc/queue/status' }, res: { statusCode: 404 } },
  ]);
});

/** Only the first line of a request says its address. */
function reqIdOf(lines: readonly string[], url: string): string {
  const first = lines.find((line) => line.includes(`"url":"${url}"`));
  return first === undefined ? 'there is none' : (JSON.parse(first) as { reqId: string }).reqId;
}

it('answers the same id with the task that exists', async () => {
  const { post, path, folder, console } = await enqueuer();
  const first = (await post('/queue/enqueue', { image_path: path, task_id: 'same' })).json();
  const again = await post('/queue/enqueue', { image_path: join(folder, 'other.png'), task_id: 'same' });
  expect([again.statusCode, again.json()]).toEqual([200, first]);
  expect((await (await console.queue()).stats()).totals.enqueued).toBe(1);
});

it('says which field is wrong, and enqueues nothing', async () => {
  const { post, path, console } = await enqueuer();
  const wrong: [unknown, string][] = [
    [{}, 'image_path'],
    [{ image_path: 'relative.png' }, 'image_path'],
    [{ image_path: 7 }, 'image_path'],
    [{ image_path: `${path}\0.png` }, 'image_path'],
    [{ image_path: path, colour: 'red' }, 'colour'],
    [{ image_path: path, priority: 'urgent' }, 'priority'],
    [{ image_path: path, task_id: 'has space' }, 'task_id'],
    [{ image_path: path, max_attempts: 0 }, 'max_attempts'],
    [{ image_path: path, metadata: [1] }, 'metadata'],
    [{ image_path: path, catalog: 'a/b' }, 'catalog'],
    [[], ''],
  ];
  for (const [body, field] of wrong) {
    const { statusCode, json } = await post('/queue/enqueue', body);
    const problem = json();
    expect({ body, statusCode, problem }).toMatchObject({
      body,
      statusCode: 400,
      problem: { code: 'INVALID_INPUT', errors: [{ field, problem: expect.any(String) }] },
    });
  }
  expect((await (await console.queue()).stats()).totals.enqueued).toBe(0);
});

it('refuses other roots, bodies that are no JSON, and too large ones', async () => {
  const { post, path } = await enqueuer();
  expect((await post('/queue/enqueue', { image_path: '/etc/hostname' })).json()).toMatchObject({
    status: 403,
    code: 'PATH_OUTSIDE_ROOT',
  });
  const json = { 'content-type': 'application/json' };
  const answers = [
    await post('/queue/enqueue', '{"image_path', json),
    await post('/queue/enqueue', '{"__proto__": {"a": 1}}', json),
    await post('/queue/enqueue', `{"image_path": "${path}"}`, { 'content-type': 'text/plain' }),
    await post('/queue/enqueue', `image_path=${path}`, { 'content-type': 'application/x-www-form-urlencoded' }),
    await post('/queue/enqueue', { image_path: path, description: 'x'.repeat(2 ** 20) }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 415, 415, 413]);
  for (const answer of answers)
    expect(answer.json()).toMatchObject({ code: 'INVALID_INPUT', status: answer.statusCode });
});

it('answers for tasks, workers and routes that are not there', async () => {
  const { get } = await enqueuer();
  for (const url of ['/queue/status/unknown', '/queue/status/%2e%2e%2fx', '/queue', '/queue/stats/']) {
    expect((await get(url)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  }
  expect((await get('/queue/status/has%20space')).json()).toMatchObject({
    status: 400,
    errors: [{ field: 'task_id' }],
  });
  expect((await get('/queue/workers')).json()).toEqual({ workers: [] });
});

it('tells the numbers of the queue, for programs and for Prometheus', async () => {
  const { get, post, path } = await enqueuer();
  await post('/queue/enqueue', { image_path: path, priority: 'low' });
  expect((await get('/queue/stats')).json()).toMatchObject({
    counts: { waiting: 1, completed: 0 },
    waiting_by_priority: { high: 0, normal: 0, low: 1 },
    paused: false,
    totals: { enqueued: 1 },
    workers: { online: 0, busy: 0, lost: 0 },
    backends: {
      queue: { ok: true, error: null, latency_ms: expect.any(Number) },
      store: { ok: true, error: null, latency_ms: expect.any(Number), bytes: expect.any(Number) },
    },
  });
  const { headers, body } = await get('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain; version=/);
  expect(body).toContain('\nimagefleet_queue_size{state="waiting"} 1\n');
});

it('keeps the message of a defect to itself', async () => {
  const { app, get, lines } = await testServer();
  app.get('/broken', () => {
    throw new Error('with a secret inside');
  });
  const { statusCode, body } = await get('/broken');
  expect(statusCode).toBe(500);
  expect(JSON.parse(body)).toMatchObject({ code: 'INTERNAL', request_id: expect.any(String) });
  expect(body).not.toContain('secret');
  expect(lines.join('')).toContain('with a secret inside');
});
