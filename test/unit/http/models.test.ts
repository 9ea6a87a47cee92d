import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { followDownloads } from '../../../src-main/http/models/follow-downloads.ts';
import { startHub } from '../../support/hub-server.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { twoTowerFiles, twoTowerOffer, writeRepository } from '../../support/two-tower-model.ts';
import { AUTH, testServer } from './test-server.ts';

const ID = 'two-towers';
const WAIT = { timeout: 20_000, interval: 20 };

/** A server whose data dir offers a small model, and a hub that has it. */
async function setUp() {
  const hub = await startHub('tests/two-towers', twoTowerFiles());
  const brought = await tempDir();
  const server = await testServer({ models: { mirror: hub.url }, paths: { allowRoots: [brought] } });
  const offers = join(server.console.dataDir.root, 'models', 'hub');
  await mkdir(offers, { recursive: true });
  await writeFile(join(offers, `${ID}.json`), JSON.stringify(twoTowerOffer(ID)));
  const remove = (url: string) => server.app.inject({ method: 'DELETE', url, headers: AUTH });
  const model = async (): Promise<object | undefined> =>
    (await server.get('/models')).json<{ models: { id: string }[] }>().models.find(({ id }) => id === ID);
  return { ...server, hub, brought, remove, model };
}

it('lists what is installed, then what can be downloaded', async () => {
  const { get } = await setUp();
  const { models } = (await get('/models')).json<{ models: object[] }>();
  expect(models).toMatchObject([
    { id: 'default-160', installed: true, built_in: true, has_text: false, in_use: true, download: null },
    { id: ID, title: 'Two towers', installed: false, dimension: 8, has_text: true, problem: null },
    { id: 'clip-vit-b32', installed: false, dimension: 512, input_size: 224, license: 'MIT', has_text: true },
    { id: 'siglip2-b16-224', installed: false, dimension: 768, has_text: true },
  ]);
});

it('tries the execution providers of this machine with the model in use', async () => {
  const { post } = await testServer();
  const { model, threads, providers } = (await post('/models/providers/measure', undefined)).json();
  expect([model, threads]).toEqual(['default-160', 1]);
  expect(providers[0]).toMatchObject({ provider: 'cpu', agreement: expect.closeTo(1, 6), problem: null });
  expect(providers[0].pictures_per_second).toBeGreaterThan(1);
});

it('downloads a model, chooses it, and removes it again', async () => {
  const { post, remove, model } = await setUp();
  const begun = await post(`/models/${ID}/download`, undefined);
  expect([begun.statusCode, begun.json()]).toMatchObject([202, { id: ID, download: { problem: null } }]);
  await vi.waitFor(async () => expect(await model()).toMatchObject({ installed: true }), WAIT);
  await vi.waitFor(async () => expect(await model()).toMatchObject({ download: { state: 'done', file: null } }), WAIT);
  expect((await post(`/models/${ID}/download`, undefined)).json()).toMatchObject({ status: 409, code: 'CONFLICT' });
  expect((await post(`/models/${ID}/use`, undefined)).json()).toEqual({ used: ID, restart_needed: true });
  expect((await remove(`/models/${ID}`)).json()).toEqual({ removed: ID });
  expect(await model()).toMatchObject({ installed: false, download: null });
  expect((await remove(`/models/${ID}`)).json()).toMatchObject({ status: 404 });
  expect((await post('/models/none/download', undefined)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  expect((await remove('/models/default-160')).json()).toMatchObject({ status: 403 });
});

it('stops a download, keeps what has come, and goes on with it', async () => {
  const { hub, post, remove, model } = await setUp();
  hub.troubles.push({ path: 'onnx/text_model.onnx', after: 50, hang: true });
  await post(`/models/${ID}/download`, undefined);
  await vi.waitFor(() => expect(hub.served).toHaveLength(2), WAIT);
  const stopped = await remove(`/models/${ID}/download`);
  expect(stopped.json()).toMatchObject({ installed: false, download: { state: 'cancelled' } });
  expect((await remove(`/models/${ID}/download`)).json()).toMatchObject({ status: 409, code: 'CONFLICT' });
  await post(`/models/${ID}/download`, undefined);
  await vi.waitFor(async () => expect(await model()).toMatchObject({ installed: true }), WAIT);
  expect(hub.served.filter(({ path }) => path === 'onnx/vision_model.onnx')).toHaveLength(1);
});

it('takes a model from an allowed folder only', async () => {
  const { brought, post, model } = await setUp();
  const elsewhere = await tempDir();
  expect((await post('/models', { path: elsewhere })).json()).toMatchObject({ status: 403, code: 'PATH_OUTSIDE_ROOT' });
  expect((await post('/models', { path: brought, as: ID })).json()).toMatchObject({ status: 404 });
  await writeRepository(brought);
  const added = await post('/models', { path: brought, as: ID });
  expect([added.statusCode, added.json()]).toMatchObject([201, { id: ID, installed: true, problem: null }]);
  expect(await model()).toMatchObject({ installed: true, built_in: false });
  expect(await readdir(brought)).toEqual(['onnx', 'tokenizer.json']);
});

it('streams how downloads go on, and ends with the server', async () => {
  const { app, hub, post } = await setUp();
  hub.troubles.push({ path: 'tokenizer.json', status: 404 });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const sent = request({ host: '127.0.0.1', port, path: '/models/events', headers: AUTH }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await post(`/models/${ID}/download`, undefined);
  await vi.waitFor(() => expect(text).toContain('"state":"failed"'), WAIT);
  const last = text.split('\n').findLast((line) => line.startsWith('data: '))!;
  expect(JSON.parse(last.slice('data: '.length))).toMatchObject({
    id: ID,
    state: 'failed',
    problem: { code: 'DOWNLOAD_FAILED', message: expect.stringContaining('models add FOLDER') },
  });
  expect(text.match(/"bytes":0,/g)?.length ?? 0).toBeLessThanOrEqual(2);
  const ended = once(response, 'end');
  await app.close();
  await ended;
});

it('tells a reader that nothing happens, and each change once', async () => {
  const { console } = await setUp();
  const models = await console.models();
  const stop = new AbortController();
  const events = followDownloads(models, stop.signal, 1);
  const next = async () => (await events.next()).value;
  expect([await next(), await next(), await next()]).toEqual(['ping', 'ping', 'ping']);
  await models.download(ID);
  await models.finished(ID);
  let told: unknown = 'ping';
  while (told === 'ping') told = await next();
  expect(told).toMatchObject({ event: 'download', data: { id: ID, state: 'done' } });
  expect(await next()).toBe('ping');
  stop.abort();
  while (!(await events.next()).done);
});
