import { join } from 'node:path';
import { expect, it } from 'vitest';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testServer } from './test-server.ts';

/** A server with `count` tasks of pictures in `<folder>/old`, of which the first failed and the second was cancelled. */
async function withTasks(count: number) {
  const folder = await tempDir();
  const server = await testServer({ paths: { allowRoots: [folder] } });
  const batch = Array.from({ length: count }, (_, n) => ({
    image_path: join(folder, 'old', `${n}.png`),
    task_id: `t${n}`,
    metadata: { row: n },
  }));
  await server.post('/queue/enqueue/batch', batch);
  const queue = await server.console.queue();
  const { tasks } = await queue.claim({ workerId: 'w', claimId: 'c', max: 1, leaseMs: 60_000 });
  const error = { code: 'IMAGE_CORRUPT' as const, message: 'is "broken", said the test', retryable: false };
  await queue.settle('w', [{ taskId: 't0', version: tasks[0]!.version, outcome: 'dead', error }]);
  await queue.cancel({ ids: ['t1'] });
  return { ...server, folder, queue };
}

it('enqueues the good ones of a batch, and says what is wrong with each other', async () => {
  const folder = await tempDir();
  const { post, console } = await testServer({ paths: { allowRoots: [folder] } });
  const path = join(folder, 'a.png');
  const answer = await post('/queue/enqueue/batch', [
    { image_path: path, task_id: 'a' },
    { image_path: path, colour: 1 },
    7,
    { image_path: '/etc/hostname' },
    { image_path: path, task_id: 'a' },
    null,
  ]);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    accepted: 2,
    refused: 4,
    results: [
      { index: 0, task_id: 'a', status: 'waiting' },
      { index: 1, error: { code: 'INVALID_INPUT', message: expect.stringContaining('colour') } },
      { index: 2, error: { code: 'INVALID_INPUT' } },
      { index: 3, error: { code: 'PATH_OUTSIDE_ROOT' } },
      { index: 4, task_id: 'a' },
      { index: 5, error: { code: 'INVALID_INPUT' } },
    ],
  });
  expect((await (await console.queue()).stats()).counts.waiting).toBe(1);
  for (const body of [[], {}, Array.from({ length: 10_001 }, () => 0)]) {
    expect((await post('/queue/enqueue/batch', body)).json()).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
  }
});

it('takes a stream of lines, whatever is in them', async () => {
  const folder = await tempDir();
  const { post, console } = await testServer({ paths: { allowRoots: [folder] } });
  const good = Array.from({ length: 2_500 }, (_, n) => JSON.stringify({ image_path: join(folder, `ü${n}.png`) }));
  const long = JSON.stringify({ image_path: join(folder, 'a.png'), description: 'x'.repeat(2 ** 20) });
  const body = [...good, '', '{"image_path', long, '  ', good[0]].join('\n');
  const answer = await post('/queue/enqueue/batch', body, { 'content-type': 'application/x-ndjson' });
  expect(answer.headers['content-type']).toContain('application/x-ndjson');
  const lines = answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { index: number; error?: object });
  expect(lines.map(({ index }) => index)).toEqual(lines.map((_, index) => index));
  expect(lines.slice(2_500)).toMatchObject([
    { error: { code: 'INVALID_INPUT', message: expect.stringContaining('no JSON') } },
    { error: { code: 'INVALID_INPUT', message: expect.stringContaining('bytes') } },
    { task_id: expect.any(String) },
  ]);
  expect((await (await console.queue()).stats()).counts.waiting).toBe(2_501);
});

it('lists tasks by page and filter, and as CSV', async () => {
  const { get } = await withTasks(5);
  const first = (await get('/queue/tasks?limit=2')).json();
  expect(first.tasks.map(({ task_id }: { task_id: string }) => task_id)).toEqual(['t4', 't3']);
  const second = (await get(`/queue/tasks?limit=3&cursor=${first.next}`)).json();
  expect([second.tasks.length, second.next]).toEqual([3, null]);
  const found = async (query: string) =>
    (await get(`/queue/tasks?${query}`)).json().tasks.map(({ task_id }: { task_id: string }) => task_id);
  expect(await found('state=failed,cancelled')).toEqual(['t1', 't0']);
  expect(await found('state=failed&state=cancelled')).toEqual(['t1', 't0']);
  expect(await found('code=IMAGE_CORRUPT')).toEqual(['t0']);
  expect(await found('text=OLD/3')).toEqual(['t3']);
  expect(await found('catalog=default&worker_id=w')).toEqual(['t0']);
  expect((await get('/queue/tasks?catalog=none')).statusCode).toBe(404);
  for (const query of ['state=lost', 'limit=0', 'limit=x', 'cursor=x', 'unknown=1', 'code=']) {
    expect([query, (await get(`/queue/tasks?${query}`)).statusCode]).toEqual([query, 400]);
  }
  const { body, headers } = await get('/queue/tasks.csv?state=failed');
  expect(headers['content-type']).toBe('text/csv; charset=utf-8');
  const [head, line, end] = body.split('\n');
  expect(head!.split(',').slice(0, 3)).toEqual(['task_id', 'status', 'image_path']);
  expect(line).toMatch(/^t0,failed,.*,IMAGE_CORRUPT,"is ""broken"", said the test"$/);
  expect(end).toBe('');
});

it('writes every task into the CSV, over all pages', async () => {
  const { get, post, folder } = await withTasks(2);
  const more = Array.from({ length: 2_100 }, (_, n) => ({ image_path: join(folder, `${n}.png`), task_id: `m${n}` }));
  await post('/queue/enqueue/batch', more);
  const ids = (await get('/queue/tasks.csv')).body
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[0]);
  expect(ids).toEqual([...more.map(({ task_id }) => task_id).toReversed(), 't1', 't0']);
});

it('retries and cancels one, or what matches; nothing without a choice', async () => {
  const { post, queue } = await withTasks(6);
  expect((await post('/queue/tasks/t0/retry', {})).json()).toEqual({ retried: 1 });
  expect((await post('/queue/tasks/t0/retry', {})).json()).toEqual({ retried: 0 });
  expect((await post('/queue/tasks/t5/cancel', {})).json()).toEqual({ cancelled: 1 });
  expect((await post('/queue/tasks/none/cancel', {})).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  for (const url of ['/queue/retry', '/queue/cancel']) {
    for (const body of [{}, { all: false }, { states: ['failed'] }, []]) {
      expect([url, body, (await post(url, body)).statusCode]).toEqual([url, body, 400]);
    }
  }
  expect((await post('/queue/retry', { correction: { priority: 'low' } })).statusCode).toBe(400);
  expect((await post('/queue/cancel', { task_id: ['t2', 't3'] })).json()).toEqual({ cancelled: 2 });
  expect((await post('/queue/retry', { state: ['cancelled'], text: '3.png' })).json()).toEqual({ retried: 1 });
  expect((await post('/queue/cancel', { all: true })).json()).toEqual({ cancelled: 3 });
  expect((await queue.stats()).counts).toMatchObject({ waiting: 0, cancelled: 6, failed: 0 });
});

it('retries with a correction: another place, catalog, priority, number of attempts', async () => {
  const { post, queue, folder, console } = await withTasks(3);
  const path = { from: join(folder, 'old'), to: join(folder, 'new') };
  const correction = { path, catalog: 'Other', priority: 'high', max_attempts: 7 };
  expect((await post('/queue/retry', { all: true, correction })).json()).toEqual({ retried: 2 });
  const { id } = (await (await console.catalogs()).list()).find(({ name }) => name === 'Other')!;
  const moved = join(folder, 'new', '0.png');
  expect(await queue.get('t0')).toMatchObject({
    state: 'waiting',
    attempts: 0,
    priority: 'high',
    maxAttempts: 7,
    catalogId: id,
    payload: { path: moved, canonicalName: moved, imageId: imageIdOf(id, moved), root: folder, metadata: { row: 0 } },
  });
  expect(await queue.get('t2')).toMatchObject({ priority: 'normal', payload: { path: join(folder, 'old', '2.png') } });

  await post('/queue/cancel', { all: true });
  const partOfAName = { path: { from: join(folder, 'ne'), to: folder } };
  expect((await post('/queue/retry', { all: true, correction: partOfAName })).json()).toEqual({ retried: 0 });
  const outside = { path: { from: join(folder, 'new'), to: '/etc' } };
  expect((await post('/queue/retry', { all: true, correction: outside })).json()).toMatchObject({
    code: 'PATH_OUTSIDE_ROOT',
  });
  expect((await queue.stats()).counts.cancelled).toBe(3);
});

it('tells one task whole: what was enqueued, and each run that went wrong', async () => {
  const { get, post, queue, folder } = await withTasks(2);
  const whole = (await get('/queue/status/t0')).json();
  expect(whole).toMatchObject({
    payload: { path: join(folder, 'old', '0.png'), metadata: { row: 0 } },
    history: [
      {
        worker_id: 'w',
        at: whole.finished_at,
        error: { code: 'IMAGE_CORRUPT', message: 'is "broken", said the test', retryable: false, stack: null },
        timings: null,
      },
    ],
  });
  await post('/queue/tasks/t0/retry', {});
  const { tasks } = await queue.claim({ workerId: 'w2', claimId: 'c2', max: 1, leaseMs: 60_000 });
  const error = { code: 'INTERNAL' as const, message: 'odd', retryable: true, stack: 'Error: odd\n    at test' };
  const timings = { read: 1.5 };
  await queue.settle('w2', [{ taskId: 't0', version: tasks[0]!.version, outcome: 'retry', error, timings }]);
  const { history } = (await get('/queue/status/t0')).json();
  expect(history.map((run: { worker_id: string }) => run.worker_id)).toEqual(['w', 'w2']);
  expect(history[1]).toMatchObject({ error: { retryable: true, stack: error.stack }, timings });
  expect((await get('/queue/tasks')).json().tasks[0]).not.toHaveProperty('payload');
});

it('gives what waits another priority', async () => {
  const { post, get } = await withTasks(6);
  for (const body of [{ priority: 'high' }, { all: true }, { all: true, priority: 'urgent' }]) {
    expect([body, (await post('/queue/priority', body)).statusCode]).toEqual([body, 400]);
  }
  expect((await post('/queue/priority', { text: '3.png', priority: 'high' })).json()).toEqual({ changed: 1 });
  expect((await post('/queue/priority', { all: true, priority: 'low' })).json()).toEqual({ changed: 4 });
  expect((await get('/queue/stats')).json().waiting_by_priority).toEqual({ high: 0, normal: 0, low: 4 });
});

it('forgets what is finished, for the number that was told', async () => {
  const { post, get, queue } = await withTasks(6);
  const { count, at } = (await get('/queue/count?state=failed,cancelled')).json();
  expect(count).toBe(2);
  const refused = await post('/queue/remove', { all: true });
  expect(refused.json()).toMatchObject({ status: 400, errors: [{ field: 'confirm', problem: 'must be 2' }] });
  expect((await post('/queue/remove', { all: true, confirm: 6 })).statusCode).toBe(400);
  expect((await post('/queue/remove', { confirm: 2 })).statusCode).toBe(400);
  const finishedBy = async (time: string) => (await get(`/queue/count?finished_before=${time}`)).json().count;
  expect([await finishedBy(at), await finishedBy('2000-01-01T00:00:00Z')]).toEqual([2, 0]);
  expect((await post('/queue/remove', { state: ['waiting'], confirm: 0 })).json()).toEqual({ removed: 0 });
  expect((await post('/queue/remove', { state: ['failed'], confirm: 1 })).json()).toEqual({ removed: 1 });
  expect((await post('/queue/remove', { all: true, confirm: 1 })).json()).toEqual({ removed: 1 });
  expect((await queue.stats()).counts).toMatchObject({ waiting: 4, failed: 0, cancelled: 0 });
});

it('pauses, goes on, and flushes only what is called by its name', async () => {
  const { post, get, queue } = await withTasks(4);
  expect((await post('/queue/pause', undefined)).json()).toEqual({ paused: true });
  expect((await get('/queue/stats')).json()).toMatchObject({ paused: true });
  expect((await post('/queue/resume', undefined)).json()).toEqual({ paused: false });
  for (const body of [{}, { confirm: '' }, { confirm: 'other' }, { confirm: 'image_indexing_queue', all: true }]) {
    expect([body, (await post('/queue/flush', body)).statusCode]).toEqual([body, 400]);
  }
  expect((await post('/queue/flush', { confirm: 'image_indexing_queue' })).json()).toEqual({ removed: 4 });
  expect((await queue.list({}, 10)).items).toEqual([]);
  expect((await queue.stats()).totals.enqueued).toBe(4);
});

it('tells the history in steps', async () => {
  const { get } = await withTasks(3);
  const { points } = (await get('/queue/history?step_seconds=60')).json();
  expect(points.at(-1)).toMatchObject({ at: expect.stringMatching(/Z$/), waiting: 1 });
  expect(points.reduce((sum: number, { enqueued }: { enqueued: number }) => sum + enqueued, 0)).toBe(3);
  for (const query of ['step_seconds=1', 'from=yesterday', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z']) {
    expect([query, (await get(`/queue/history?${query}`)).statusCode]).toEqual([query, 400]);
  }
});

it('makes a catalog anew that was dropped a moment ago', async () => {
  const { post, console, folder } = await withTasks(1);
  const catalogs = await console.catalogs();
  const [before] = await catalogs.list();
  await catalogs.drop('default');
  await post('/queue/enqueue', { image_path: join(folder, 'a.png'), task_id: 'after' });
  const [after] = await catalogs.list();
  expect(after!.id).not.toBe(before!.id);
  expect(await (await console.queue()).get('after')).toMatchObject({ catalogId: after!.id });
});
