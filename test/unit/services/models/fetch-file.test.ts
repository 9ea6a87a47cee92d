import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { fetchFile, type Wanted } from '../../../../src-main/services/models/fetch-file.ts';
import { startHub } from '../../../support/hub-server.ts';
import { randomFrom } from '../../../support/random.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const PATH = 'onnx/model.onnx';
const random = randomFrom(7);
const CONTENT = Uint8Array.from({ length: 300_000 }, () => random.below(256));
const SUM = { sha256: createHash('sha256').update(CONTENT).digest('hex'), bytes: CONTENT.length };

/** Short waits, for what is to go wrong; but a busy machine is no server that falls silent. */
const patience = { tries: 3, firstMs: 1, stallMs: 20_000 };
const SILENCE = { stallMs: 300 };

async function setUp() {
  const hub = await startHub('a/model', { [PATH]: CONTENT });
  const folder = await tempDir();
  const to = join(folder, 'model.onnx');
  const told: [number, number | null][] = [];
  const fetch = (wanted: Partial<Wanted> = {}, signal = new AbortController().signal, changes: object = {}) =>
    fetchFile({ url: `${hub.url}/a/model/resolve/main/${PATH}`, sha256: null, bytes: null, ...wanted }, to, {
      signal,
      patience: { ...patience, ...changes },
      onProgress: (bytes, total) => void told.push([bytes, total]),
    });
  return { hub, to, told, fetch, left: () => readdir(folder), content: () => readFile(to) };
}

it('brings a file, checks the sum that the hub tells, and says how far it is', async () => {
  const { hub, told, fetch, left, content } = await setUp();
  expect(await fetch()).toEqual(SUM);
  expect(Buffer.compare(await content(), CONTENT)).toBe(0);
  expect(await left()).toEqual(['model.onnx']);
  expect(hub.served).toEqual([{ path: PATH, from: 0, bytes: CONTENT.length }]);
  expect(told[0]).toEqual([0, CONTENT.length]);
  expect(told.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  expect(told.map(([bytes]) => bytes)).toEqual(told.map(([bytes]) => bytes).toSorted((a, b) => a - b));
});

it('goes on after each connection that is cut, and asks for no byte twice', async () => {
  const { hub, to, fetch, content } = await setUp();
  // More often than it would be tried without any progress.
  for (let i = 1; i <= 5; i++) {
    const isKept = async () => expect((await stat(`${to}.part`)).size).toBe(i * 40_000);
    hub.troubles.push({ path: PATH, after: 40_000, until: () => vi.waitFor(isKept, { timeout: 20_000, interval: 5 }) });
  }
  expect(await fetch()).toEqual(SUM);
  expect(Buffer.compare(await content(), CONTENT)).toBe(0);
  expect(hub.served.map(({ from }) => from)).toEqual([0, 40_000, 80_000, 120_000, 160_000, 200_000]);
});

it('goes on with what an earlier call has kept', async () => {
  const { hub, fetch, left, content } = await setUp();
  hub.troubles.push({ path: PATH, after: 100_000, hang: true });
  const stop = new AbortController();
  const stopped = fetch({}, stop.signal).catch((error: unknown) => error);
  await vi.waitFor(() => expect(hub.served).toHaveLength(1));
  await vi.waitFor(async () => expect(await left()).toContain('model.onnx.part'));
  stop.abort();
  expect(await stopped).toMatchObject({ code: 'CANCELLED' });
  expect(await left()).toEqual(['model.onnx.part', 'model.onnx.part.json']);
  expect(await fetch()).toEqual(SUM);
  expect(Buffer.compare(await content(), CONTENT)).toBe(0);
});

it('begins anew where parts are not given, or the file is another one by now', async () => {
  const { hub, fetch, content } = await setUp();
  hub.ranges = false;
  hub.troubles.push({ path: PATH, after: 100_000 });
  expect(await fetch()).toEqual(SUM);
  expect(hub.served.map(({ from }) => from)).toEqual([0, 0]);

  hub.ranges = true;
  hub.served.length = 0;
  hub.troubles.push({ path: PATH, after: 100_000, hang: true });
  const other = CONTENT.toReversed();
  const fetching = fetch({}, undefined, SILENCE);
  await vi.waitFor(() => expect(hub.served).toHaveLength(1));
  hub.files.set(PATH, other);
  const sum = await fetching;
  expect(sum.sha256).toBe(createHash('sha256').update(other).digest('hex'));
  expect(Buffer.compare(await content(), other)).toBe(0);
});

it('refuses other bytes than those that are known or told, and keeps none of them', async () => {
  const { fetch, left } = await setUp();
  const wrong = { code: 'MODEL_INVALID', message: expect.stringContaining(SUM.sha256) };
  await expect(fetch({ sha256: '0'.repeat(64) })).rejects.toMatchObject(wrong);
  expect(await left()).toEqual([]);
});

it('takes what comes where no sum is known', async () => {
  const { hub, fetch } = await setUp();
  hub.linked = false;
  expect(await fetch()).toEqual(SUM);
});

it('tries again what may pass: a busy server, one that falls silent', async () => {
  const { hub, fetch } = await setUp();
  hub.troubles.push({ path: PATH, status: 503 }, { path: PATH, status: 429 }, { path: PATH, after: 9, hang: true });
  expect(await fetch({}, undefined, SILENCE)).toEqual(SUM);
  expect(hub.served.length).toBeGreaterThanOrEqual(2);
  expect(hub.troubles).toEqual([]);
});

const failed = (message: RegExp) => ({ code: 'DOWNLOAD_FAILED', message: expect.stringMatching(message) as string });

it('gives up at once on what will not pass', async () => {
  const { hub, fetch, left } = await setUp();
  await expect(fetch({ url: `${hub.url}/a/model/resolve/main/none.onnx` })).rejects.toMatchObject(
    failed(/answered 404/),
  );
  hub.troubles.push({ path: PATH, status: 200, type: 'text/html; charset=utf-8' });
  await expect(fetch()).rejects.toMatchObject(failed(/a page, not/));
  hub.troubles.push({ path: PATH, status: 403 });
  await expect(fetch()).rejects.toMatchObject(failed(/answered 403/));
  expect([hub.troubles, hub.served, await left()]).toEqual([[], [], []]);
});

it('gives up on a server that is not there after some attempts', async () => {
  const { hub, fetch } = await setUp();
  await hub.close();
  await expect(fetch()).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    retryable: true,
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
