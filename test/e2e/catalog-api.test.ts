import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import sharp from 'sharp';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { contract } from '../../src-core/contract/contract.ts';
import { makePictures } from '../support/pictures.ts';
import { startQdrantDouble } from '../support/qdrant-double/start.ts';
import { startRedis } from '../support/redis-server.ts';
import { startServe, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

// Processes on a busy machine: a failure of the program shows much earlier.
const TEST = { timeout: 180_000 };

const ROOT = resolve(import.meta.dirname, '../..');

const run = promisify(execFile);

type Server = Awaited<ReturnType<typeof startServe>>;

async function ask<T = Record<string, unknown>>(answer: Promise<Response>): Promise<T> {
  const response = await answer;
  const body = (await response.json()) as T;
  expect([response.status, body]).toEqual([expect.toSatisfy((status) => status < 300), body]);
  return body;
}

const importOf = (server: Server, id: string) => ask<Record<string, unknown>>(server.get(`/imports/${id}`));

/** Few pictures may be indexed before somebody can pause that. */
const isLate = (line: string): boolean => /^409 POST .*\/(pause|resume)$/.test(line);

async function untilState(server: Server, id: string, state: string): Promise<Record<string, unknown>> {
  await vi.waitFor(async () => expect(await importOf(server, id)).toMatchObject({ state }), WAIT);
  return importOf(server, id);
}

/** Options for a server with its store there. */
async function storeIn(where: 'data dir' | 'qdrant'): Promise<string[]> {
  if (where === 'data dir') return [];
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  return ['--qdrant', double.url];
}

const STORES = ['data dir', 'qdrant'] as const;

it.each(STORES)('answers every example of docs/api.md as it is written, with the store in: %s', TEST, async (where) => {
  const folder = await tempDir();
  await cp(join(ROOT, 'resources/samples'), join(folder, 'resources/samples'), { recursive: true });
  const samples = join(folder, 'resources/samples');
  const store = await storeIn(where);
  const server = await startServe(join(folder, 'data'), '--workers', '1', '--allow-root', samples, ...store);
  const text = await readFile(join(ROOT, 'docs/api.md'), 'utf8');
  const [start = '', ...examples] = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => code!);
  expect(start).toContain('imagefleet serve');
  // Its answer comes before the pictures are indexed, of which the later examples tell.
  const wait =
    'until command curl -s "$API/imports/$IMPORT" -H "Authorization: Bearer $TOKEN" | grep -q \'"state":"completed"\'; do sleep 0.1; done\n';
  const at = examples.findIndex((code) => code.includes('/resume'));
  examples.splice(at + 1, 0, wait);
  const scanned =
    'until command curl -s "$API/duplicates/scans/$SCAN" -H "Authorization: Bearer $TOKEN" | grep -q \'"state":"completed"\'; do sleep 0.1; done\n';
  examples.splice(examples.findIndex((code) => code.includes('/duplicates/scans/')) + 1, 0, scanned);
  const tell = `curl() { command curl -w '%{stderr}%{http_code} %{method} %{url_effective}\\n' "$@"; }\nset -e\n`;
  const { stderr } = await run('bash', ['-c', tell + examples.join('')], {
    cwd: folder,
    env: { ...process.env, API: server.url, TOKEN: server.token },
    timeout: TEST.timeout,
  });

  const answers = stderr.split('\n').filter((line) => /^\d{3} [A-Z]+ /.test(line));
  expect(answers).toHaveLength([...examples.join('').matchAll(/(?<!command )curl /g)].length);
  expect(answers.filter((line) => !line.startsWith('2') && !isLate(line))).toEqual([]);

  const ledger = (await readFile(join(folder, 'ledger.csv'), 'utf8')).trimEnd().split('\n');
  expect(ledger[0]).toBe('path,outcome,reason,message,bytes,task_id,at');
  expect(ledger).toHaveLength(1 + 10);
  expect(await sharp(join(folder, 'thumbnail.webp')).metadata()).toMatchObject({ format: 'webp' });
  const picture = await readFile(join(folder, 'picture'));
  expect((await readFile(join(folder, 'start-of-picture'))).equals(picture.subarray(0, 100))).toBe(true);
  await server.stop();
});

/** Answers the import as it is at its end. */
async function outliveTheServer(...backends: string[]): Promise<Record<string, unknown>> {
  const folder = await tempDir();
  const [data, pictures, others] = [join(folder, 'data'), join(folder, 'pictures'), join(folder, 'others')];
  await makePictures(pictures, 12);
  await makePictures(others, 3);
  const before = await startServe(data, '--workers', '0', '--allow-root', folder, ...backends);
  const started = await before.post('/imports', { path: pictures, exclude: ['*-00011.png'], priority: 'high' });
  expect(started.status).toBe(201);
  const { import_id: id } = (await started.json()) as { import_id: string };
  // All files are found; nobody indexes them.
  const open = { state: 'draining', discovered: 12, open: 11, excluded: 1, priority: 'high', catalog: 'default' };
  await vi.waitFor(async () => expect(await importOf(before, id)).toMatchObject(open), WAIT);
  expect(await ask(before.post('/imports', { path: pictures }))).toMatchObject({ import_id: id });
  expect(await (await before.post('/imports', { path: pictures, exclude: ['x'] })).json()).toMatchObject({
    status: 409,
    code: 'CONFLICT',
  });
  expect(await ask(before.post(`/imports/${id}/pause`, {}))).toMatchObject({ state: 'paused' });
  const other = await ask<{ import_id: string }>(before.post('/imports', { path: others }));
  await vi.waitFor(
    async () => expect(await importOf(before, other.import_id)).toMatchObject({ state: 'draining' }),
    WAIT,
  );
  expect(await ask(before.post(`/imports/${other.import_id}/cancel`, {}))).toMatchObject({
    state: 'cancelled',
    cancelled: 3,
    cancelled_tasks: 3,
  });
  await before.stop();

  const after = await startServe(data, '--workers', '1', '--allow-root', folder, ...backends);
  expect(await importOf(after, id)).toMatchObject({ state: 'paused', open: 11 });
  expect(await ask(after.post(`/imports/${id}/resume`, {}))).toMatchObject({ state: 'draining' });
  // Driven by the new server, without anybody asking it to.
  const ended = await untilState(after, id, 'completed');
  expect((await after.post(`/imports/${id}/pause`, {})).status).toBe(409);
  const { imports } = await ask<{ imports: object[] }>(after.get('/imports'));
  expect(imports).toMatchObject([{ import_id: other.import_id }, { import_id: id }]);
  await after.stop();
  return ended;
}

const ENDED = { completed: 11, excluded: 1, open: 0 };

it('pauses, resumes and cancels imports, which outlive the server', TEST, async () => {
  expect(await outliveTheServer()).toMatchObject(ENDED);
});

it('does so with its queue on Redis and its store on Qdrant', TEST, async () => {
  const { url } = await startRedis({ args: ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'] });
  expect(await outliveTheServer('--redis', url, ...(await storeIn('qdrant')))).toMatchObject(ENDED);
});

it('goes on with an import that a killed server has left', TEST, async () => {
  const folder = await tempDir();
  await makePictures(join(folder, 'pictures'), 20);
  const before = await startServe(join(folder, 'data'), '--workers', '0', '--allow-root', folder);
  const { import_id: id } = await ask<{ import_id: string }>(
    before.post('/imports', { path: join(folder, 'pictures') }),
  );
  await vi.waitFor(async () => expect(await importOf(before, id)).toMatchObject({ open: 20 }), WAIT);
  before.server.child.kill('SIGKILL');
  await before.server.ended;
  const after = await startServe(join(folder, 'data'), '--workers', '1', '--allow-root', folder);
  expect(await untilState(after, id, 'completed')).toMatchObject({ completed: 20 });
  await after.stop();
});

it.each(STORES)('answers typed calls, with our errors, with the store in: %s', TEST, async (where) => {
  const folder = await tempDir();
  await writeFile(join(folder, 'a.txt'), '');
  const store = await storeIn(where);
  const server = await startServe(join(folder, 'data'), '--workers', '0', '--allow-root', folder, ...store);
  const link = new RPCLink({ url: `${server.url}/rpc`, headers: { authorization: `Bearer ${server.token}` } });
  const client: ContractRouterClient<typeof contract> = createORPCClient(link);
  expect(await client.catalogs.create({ name: 'shoes' })).toMatchObject({ name: 'shoes', images: 0 });
  expect(await client.catalogs.list()).toMatchObject({ catalogs: [{ name: 'shoes' }] });
  expect(await client.queue.stats()).toMatchObject({ counts: { waiting: 0 } });
  const wrong = await client.imports.start({ path: '/etc' }).catch((error: unknown) => error);
  expect(wrong).toMatchObject({ code: 'PATH_OUTSIDE_ROOT', status: 403, data: { todo: expect.any(String) } });
  const bad = await client.catalogs.create({ name: '' }).catch((error: unknown) => error);
  expect(bad).toMatchObject({ code: 'INVALID_INPUT', status: 400, data: { errors: [{ field: 'name' }] } });
  const stranger = await fetch(`${server.url}/rpc/catalogs/list`, { method: 'POST' });
  expect(stranger.status).toBe(401);
  await server.stop();
});
