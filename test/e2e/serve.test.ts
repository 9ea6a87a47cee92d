import { openAsBlob } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startCli, type CliProcess } from '../support/cli.ts';
import { makePictures } from '../support/pictures.ts';
import { childrenOf, membersOf } from '../support/proc.ts';
import { tempDir } from '../support/temp-dir.ts';

// Processes on a busy machine: a failure of the program shows much earlier than these.
const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 20 };

const SAMPLES = resolve(import.meta.dirname, '../../resources/samples');

type Answer = { status: number; body: Record<string, unknown> };

/** The real program; none of its processes may outlive the test. */
function serve(dataDir: string, ...args: string[]): CliProcess {
  const cli = startCli(dataDir, ['serve', ...args], { detached: true });
  onTestFinished(() => {
    const left = membersOf(cli.child.pid!);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect({ args, left }).toEqual({ args, left: [] });
  });
  return cli;
}

async function listening({ output, ended }: CliProcess): Promise<string> {
  const ending = ended.then(({ stderr }) => {
    throw new Error(`it ended: ${stderr}`);
  });
  const found = vi.waitFor(() => {
    const [, url] = /Listening on (http:\S+);/.exec(output().stderr) ?? [];
    expect(url).toBeDefined();
    return url!;
  }, WAIT);
  return Promise.race([found, ending]);
}

function caller(url: string, token: string) {
  return async (path: string, body?: object): Promise<Answer> => {
    const isForm = body instanceof FormData;
    const response = await fetch(url + path, {
      headers: { authorization: `Bearer ${token}`, ...(body && !isForm && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: isForm ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
}

const found = (body: object): object => ({ status: 200, body: { catalog: 'default', ...body } });

async function tokenOf(dataDir: string, ...args: string[]): Promise<string> {
  const { code, stdout } = await startCli(dataDir, ['token', ...args]).ended;
  expect(code).toBe(0);
  return stdout.trim();
}

it('indexes pictures that programs hand in, and finds them', TEST, async () => {
  const data = await tempDir();
  const server = serve(data, '--port', '0', '--workers', '1', '--allow-root', SAMPLES);
  const url = await listening(server);
  const token = await tokenOf(data);
  expect(server.output().stderr).toContain(token);
  const call = caller(url, token);
  await vi.waitFor(async () => expect((await call('/ready')).body).toMatchObject({ ready: true }), WAIT);

  const pictures = (await readdir(join(SAMPLES, 'furniture'))).map((name) => join(SAMPLES, 'furniture', name));
  for (const [n, path] of pictures.entries()) {
    const sent = { image_path: path, task_id: `task-${n}`, product_id: `P${n}`, metadata: { row: n } };
    expect(await call('/queue/enqueue', sent)).toMatchObject({ status: 200, body: { task_id: `task-${n}` } });
  }
  await call('/queue/enqueue', { image_path: join(SAMPLES, 'gone.png'), task_id: 'gone' });
  for (const n of pictures.keys()) {
    await vi.waitFor(async () => {
      const { body } = await call(`/queue/status/task-${n}`);
      expect(body).toMatchObject({ status: 'completed', error: null, result: { how: 'embedded' } });
    }, WAIT);
  }
  await vi.waitFor(async () => {
    const { body } = await call('/queue/status/gone');
    expect(body).toMatchObject({ status: 'failed', error: { code: 'FILE_NOT_FOUND' }, result: null });
  }, WAIT);

  const [first = ''] = pictures;
  expect(await call('/search', { image_path: first, limit: 3 })).toMatchObject(
    found({ results: [{ path: first, product_id: 'P0', metadata: { row: 0 }, found_by: ['picture'] }, {}, {}] }),
  );
  const form = new FormData();
  form.append('limit', '1');
  form.append('filter', 'product_id=P0,P1');
  form.append('picture', await openAsBlob(first), 'query');
  expect(await call('/search', form)).toMatchObject(found({ results: [{ path: first }] }));
  expect(await call('/search', { text: 'P1' })).toMatchObject(found({ results: [{ product_id: 'P1' }] }));

  expect((await call('/catalogs')).body).toMatchObject({ catalogs: [{ name: 'default', images: pictures.length }] });
  expect((await call('/queue/stats')).body).toMatchObject({
    totals: { completed: pictures.length, failed: 1 },
    failures_by_code: { FILE_NOT_FOUND: 1 },
    workers: { online: 1 },
  });
  expect((await call('/queue/workers')).body).toMatchObject({
    workers: [{ lost: false, processed: expect.any(Number) }],
  });
  expect((await stat(join(data, 'token'))).mode & 0o777).toBe(0o600);

  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, stdout: `Stopped ${url}.\n` });
});

it('finishes the request that is under way when it is told to stop', TEST, async () => {
  const data = await tempDir();
  const folder = join(data, 'pictures');
  await mkdir(folder);
  const [picture = ''] = await makePictures(folder, 1);
  const server = serve(join(data, 'data'), '--port', '0', '--workers', '0', '--allow-root', folder);
  const call = caller(await listening(server), await tokenOf(join(data, 'data')));
  await call('/queue/enqueue', { image_path: picture });
  const before = childrenOf(server.child.pid!).length;
  const answer = call('/search', { image_path: picture });
  // The finder is started for it, which takes some hundred ms: the request is in the server's hands.
  await vi.waitFor(() => expect(childrenOf(server.child.pid!).length).toBeGreaterThan(before), WAIT);
  const from = performance.now();
  server.child.kill('SIGTERM');
  expect(await answer).toMatchObject({ status: 200, body: { results: [] } });
  expect((await server.ended).code).toBe(0);
  // A connection that is kept alive does not hold it up until the time for draining is over.
  expect(performance.now() - from).toBeLessThan(20_000);
});

it('lets nobody in without a token but on its own machine, and not beside another server', TEST, async () => {
  const data = await tempDir();
  const open = await serve(data, '--no-auth', '--host', '0.0.0.0').ended;
  expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining('--no-auth') });

  const server = serve(data, '--no-auth', '--port', '0', '--workers', '0');
  const url = await listening(server);
  expect((await fetch(`${url}/queue/stats`)).status).toBe(200);
  const second = await serve(data, '--port', new URL(url).port).ended;
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('another program listens') });
  server.child.kill('SIGINT');
  expect((await server.ended).code).toBe(0);
});

it('takes another token when it is started again', TEST, async () => {
  const data = await tempDir();
  const before = await tokenOf(data);
  const after = await tokenOf(data, '--rotate');
  expect(after).not.toBe(before);
  const server = serve(data, '--port', '0', '--workers', '0');
  const url = await listening(server);
  expect((await caller(url, before)('/catalogs')).status).toBe(401);
  expect((await caller(url, after)('/catalogs')).status).toBe(200);
  server.child.kill('SIGTERM');
  await server.ended;
});

it('says that it is not ready while its queue is away', TEST, async () => {
  const data = await tempDir();
  // Nobody listens on the port of "discard".
  const server = serve(data, '--port', '0', '--workers', '1', '--redis', 'redis://127.0.0.1:9');
  const call = caller(await listening(server), await tokenOf(data));
  expect((await call('/health')).status).toBe(200);
  const ready = await call('/ready');
  expect(ready).toMatchObject({ status: 503, body: { ready: false, store: 'ok' } });
  expect(ready.body.queue).not.toBe('ok');
  expect(await call('/queue/stats')).toMatchObject({ status: 503, body: { code: 'QUEUE_UNAVAILABLE' } });
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});
