import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { askQdrant } from '../../support/qdrant-double/ask.ts';
import { startQdrantDouble } from '../../support/qdrant-double/start.ts';

const main = fileURLToPath(new URL('../../support/qdrant-double/main.ts', import.meta.url));
const COLLECTION = { vectors: { size: 2, distance: 'Cosine' } };

async function start() {
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  const create = (name: string) => askQdrant(double.url, 'PUT', `/collections/${name}`, COLLECTION);
  const has = async (name: string) => {
    const { result } = await askQdrant(double.url, 'GET', `/collections/${name}/exists`);
    return (result as { exists: boolean }).exists;
  };
  return { ...double, create, has };
}

test('another answer, so often, for some requests', async () => {
  const { faults, create, has } = await start();
  faults.add({
    trouble: { status: 429, body: 'slow down', retryAfterS: 1 },
    times: 2,
    when: ({ method }) => method === 'PUT',
  });
  expect(await has('a')).toBe(false);
  expect(await create('a')).toMatchObject({ status: 429, text: 'slow down' });
  expect(await create('a')).toMatchObject({ status: 429 });
  expect(await create('a')).toMatchObject({ status: 200 });
});

test('a 429 says when to come again', async () => {
  const { faults, url } = await start();
  faults.add({ trouble: { status: 429, retryAfterS: 7 } });
  const response = await fetch(`${url}/collections`);
  expect(response.headers.get('retry-after')).toBe('7');
});

test('a fault ends when it is told to', async () => {
  const { faults, create } = await start();
  const end = faults.add({ trouble: { status: 500 } });
  expect(await create('a')).toMatchObject({ status: 500 });
  end();
  expect(await create('a')).toMatchObject({ status: 200 });
  faults.add({ trouble: { status: 500 } });
  faults.clear();
  expect(await create('b')).toMatchObject({ status: 200 });
});

test('a connection cut before the work, and after it', async () => {
  const { faults, create, has } = await start();
  faults.add({ trouble: 'reset-before', times: 1 });
  await expect(create('before')).rejects.toThrow('fetch failed');
  faults.add({ trouble: 'reset-after', times: 1 });
  await expect(create('after')).rejects.toThrow('fetch failed');
  expect(await has('before')).toBe(false);
  expect(await has('after')).toBe(true);
});

test('an answer that is late, and one that never comes', async () => {
  const { faults, create, has, url, requests } = await start();
  faults.add({ trouble: { delayMs: 200 }, times: 1 });
  const started = performance.now();
  expect(await create('late')).toMatchObject({ status: 200 });
  expect(performance.now() - started).toBeGreaterThan(195);

  faults.add({ trouble: 'hang', times: 1 });
  const patience = new AbortController();
  const hangs = fetch(`${url}/collections/never`, { method: 'DELETE', signal: patience.signal }).catch(String);
  await vi.waitFor(() => expect(faults.met).toBe(2), { timeout: 20_000 });
  patience.abort('no more');
  expect(await hangs).toBe('no more');
  expect(requests.at(-1)).toMatchObject({ method: 'DELETE', path: '/collections/never' });
  expect(await has('late')).toBe(true);
});

test('away and back with what it holds, and open connections cut', async () => {
  const { faults, create, has } = await start();
  await create('a');
  faults.add({ trouble: 'hang', times: 1 });
  const open = create('b').catch((error: unknown) => error);
  await vi.waitFor(() => expect(faults.met).toBe(1), { timeout: 20_000 });
  await faults.down();
  expect(await open).toMatchObject({ message: 'fetch failed' });
  await expect(has('a')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await faults.up();
  expect(await has('a')).toBe(true);
});

test('away for so long', async () => {
  const { faults, has } = await start();
  const started = performance.now();
  await faults.down(300);
  await vi.waitFor(() => has('a'), { timeout: 20_000 });
  expect(performance.now() - started).toBeGreaterThan(295);
});

test('as a process: says where it listens, takes faults, ends when told', async () => {
  const child = spawn(process.execPath, [main, '--api-key', 'K'], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  const tell = async (command: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return next();
  };

  const { url } = (await next()) as { url: string };
  const list = (headers: Record<string, string>) => askQdrant(url, 'GET', '/collections', undefined, headers);
  expect(await list({})).toMatchObject({ status: 401 });
  expect(await list({ 'api-key': 'K' })).toMatchObject({ status: 200 });
  expect(await tell({ fault: { trouble: { status: 500 }, times: 1, path: '/collections' } })).toEqual({ done: true });
  expect(await list({ 'api-key': 'K' })).toMatchObject({ status: 500 });
  expect(await tell({ down: 60_000 })).toEqual({ done: true });
  await expect(list({ 'api-key': 'K' })).rejects.toThrow('fetch failed');
  expect(await tell({ up: true })).toEqual({ done: true });
  expect(await list({ 'api-key': 'K' })).toMatchObject({ status: 200 });
  expect(await tell({ stop: true })).toMatchObject({ error: expect.any(String) });

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
