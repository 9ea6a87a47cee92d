import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { createUploads, type UploadsOptions } from '../../../src-main/services/uploads/uploads.ts';
import { CAN_MOUNT, mount } from '../../support/mount.ts';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { AUTH, testServer } from './test-server.ts';

type Settings = Parameters<typeof testServer>[0];

async function uploader(settings: Settings = {}) {
  const server = await testServer(settings);
  const made = await server.post('/uploads', { name: 'from the studio' });
  expect(made.statusCode).toBe(201);
  const { upload_id: id, folder } = made.json() as { upload_id: string; folder: string };
  const at = (path: string, set = id) => `/uploads/${set}/files/${path}`;
  const put = (path: string, payload: Buffer | string, headers: Record<string, string> = {}) =>
    server.app.inject({ method: 'PUT', url: at(path), payload, headers: { ...AUTH, ...headers } });
  return { ...server, id, folder, at, put };
}

const nowhere = async () => [];
const mebibytes = (n: number) => Readable.from(Array.from({ length: n * 16 }, () => Buffer.alloc(65_536)));

/** The service alone, as another process would open it. */
function over(folder: string, more: Partial<UploadsOptions> = {}) {
  return createUploads({ folder, maxFileBytes: 100e6, maxBytes: 100e6, keepMs: 60_000, sources: nowhere, ...more });
}

it('takes files whole or in pieces, says how far they are, and imports them as any folder', async () => {
  const { get, post, put, app, at, id, folder } = await uploader();
  const [one, two] = await makePictures(await tempDir(), 2);
  const bytes = await readFile(one!);
  const whole = await put('shoes/a%20b.jpg', await readFile(two!), { 'content-type': 'image/jpeg' });
  expect(whole.json()).toMatchObject({ path: 'shoes/a b.jpg', complete: true });
  expect(await readFile(join(folder, 'shoes/a b.jpg'))).toEqual(await readFile(two!));

  const range = (from: number, to: number) => ({ 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` });
  const first = await put('b.jpg', bytes.subarray(0, 100), range(0, 100));
  expect(first.json()).toEqual({ path: 'b.jpg', received: 100, total: bytes.length, complete: false });
  const head = await app.inject({ method: 'HEAD', url: at('b.jpg'), headers: AUTH });
  expect(head.headers['upload-offset']).toBe('100');
  expect((await get(`/uploads/${id}`)).json()).toMatchObject({ name: 'from the studio', files: 1, open: 1 });

  const gap = await put('b.jpg', bytes.subarray(200), range(200, bytes.length));
  expect(gap.json()).toMatchObject({ status: 409, code: 'CONFLICT' });
  expect(gap.headers['upload-offset']).toBe('100');
  const offset = { 'upload-offset': '100', 'upload-length': String(bytes.length) };
  expect((await put('b.jpg', bytes.subarray(100), offset)).json()).toMatchObject({ complete: true });
  expect((await put('b.jpg', '', { 'upload-offset': String(bytes.length) })).json()).toMatchObject({ complete: true });
  expect(await readFile(join(folder, 'b.jpg'))).toEqual(bytes);
  const size = bytes.length + (await readFile(two!)).length;
  expect((await get('/uploads')).json()).toMatchObject({ uploads: [{ files: 2, open: 0, bytes: size }], bytes: size });

  const started = await post(`/uploads/${id}/import`, { catalog: 'shoes' });
  expect(started.statusCode).toBe(201);
  const { import_id, root } = started.json();
  expect(root).toBe(folder);
  await vi.waitFor(async () => {
    expect((await get(`/imports/${import_id}`)).json()).toMatchObject({ state: 'draining', discovered: 2, open: 2 });
  }, 20_000);
  expect((await get(`/uploads/${id}`)).json().imported).toBe(true);
  const kept = await app.inject({ method: 'DELETE', url: `/uploads/${id}`, headers: AUTH });
  expect(kept.json()).toMatchObject({ status: 409, detail: expect.stringContaining('source') });
  await post(`/imports/${import_id}/cancel`, {});
});

it('keeps what came before the line broke, and goes on from there', async () => {
  const { app, at, get, put, id } = await uploader();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const bytes = Buffer.alloc(300_000, 7);
  const headers = { ...AUTH, 'content-length': bytes.length };
  const broken = request({ port, method: 'PUT', path: at('a.png'), headers });
  broken.on('error', () => {}); // it is cut off below
  broken.write(bytes.subarray(0, 200_000));
  const received = async () => (await get(at('a.png'))).json().received as number;
  await vi.waitFor(async () => expect(await received()).toBe(200_000), 10_000);
  // Its sender does not know yet that the line is dead, and begins again: the old one gives way.
  const rest = { 'upload-offset': '200000', 'upload-length': String(bytes.length) };
  expect((await put('a.png', bytes.subarray(200_000), rest)).json()).toMatchObject({ complete: true });
  broken.destroy();
  await once(broken, 'close');
  expect((await get(`/uploads/${id}`)).json()).toMatchObject({ files: 1, open: 0, bytes: bytes.length });
});

it('refuses what leads out of its folder, and what no set could hold', async () => {
  const { put, get, post, app, at } = await uploader({ limits: { maxBytes: 1_000 }, uploads: { maxBytes: 2_500 } });
  for (const path of [
    '..%2Fx.png',
    'a/..%2F..%2Fx',
    '%2Fetc%2Fpasswd',
    'a//b',
    '.',
    'a%00%2F..',
    `${'x'.repeat(256)}`,
  ]) {
    expect([path, (await put(path, 'x')).json()]).toMatchObject([path, { status: 400, code: 'INVALID_INPUT' }]);
  }
  expect((await put('CON.png', 'x')).json().path).toBe('_CON.png');
  expect((await put('a%3Ab%5Cc.%20', 'x')).json().path).toBe('a_b_c_');
  const long = `${'%E4%B8%AD'.repeat(80)}/${'%E4%B8%AD'.repeat(80)}/${'%E4%B8%AD'.repeat(80)}.png`;
  expect((await put(long, 'x')).json()).toMatchObject({ complete: true });
  expect((await put('e%CC%81.png', 'x')).json().path).toBe('é.png');
  expect((await put('a_b_c_/d.png', 'x')).json()).toMatchObject({
    status: 409,
    detail: expect.stringContaining('folder'),
  });

  expect((await put('big.png', Buffer.alloc(1_001))).json()).toMatchObject({ status: 413, code: 'FILE_TOO_LARGE' });
  for (const n of [1, 2]) expect((await put(`${n}.png`, Buffer.alloc(1_000))).statusCode).toBe(200);
  expect((await put('3.png', Buffer.alloc(1_000))).json()).toMatchObject({ status: 507, code: 'UPLOADS_FULL' });
  expect((await put('2.png', Buffer.alloc(900))).json()).toMatchObject({ received: 900, complete: true });

  const wrong: Record<string, string>[] = [
    { 'content-range': 'bytes 0-1' },
    { 'content-range': 'bytes 5-1/9' },
    { 'content-range': 'bytes 0-5/9' },
    { 'upload-offset': '-1' },
    { 'upload-length': '1' },
  ];
  for (const headers of wrong) {
    expect([headers, (await put('w.png', 'xyz', headers)).json()]).toMatchObject([headers, { status: 400 }]);
  }
  const none = 'c0ffee00-0000-4000-8000-000000000000';
  expect((await get(`/uploads/${none}`)).statusCode).toBe(404);
  expect((await get(at('x', none))).statusCode).toBe(404);
  expect((await get(at('x', '..'))).statusCode).toBe(404);
  expect((await post(`/uploads/${none}/import`, {})).statusCode).toBe(404);
  expect((await app.inject({ method: 'PUT', url: at('x.png'), payload: 'x' })).statusCode).toBe(401);
});

it('deletes a set, and by itself the old ones that nobody imported', async () => {
  const { app, get, put, id, folder, console } = await uploader();
  await put('a.png', 'x');
  const uploads = await console.uploads();
  expect(await uploads.expire()).toBe(0);
  const other = await uploads.create();
  const deleted = await app.inject({ method: 'DELETE', url: `/uploads/${other.id}`, headers: AUTH });
  expect(deleted.json()).toEqual({ deleted: other.id });
  const later = over(console.uploadsFolder, { now: () => Date.now() + 61_000 });
  expect(await over(console.uploadsFolder, { now: () => Date.now() + 59_000 }).expire()).toBe(0);
  const imported = over(console.uploadsFolder, { now: () => Date.now() + 61_000, sources: async () => [folder] });
  expect(await imported.expire()).toBe(0);
  expect(await later.expire()).toBe(1);
  expect((await get(`/uploads/${id}`)).statusCode).toBe(404);
  expect((await get('/uploads')).json()).toMatchObject({ uploads: [], bytes: 0 });
});

it('knows its sets after a restart, unfinished files too', async () => {
  const { console, put, id, at, get } = await uploader();
  await put('a/b.png', 'abc', { 'upload-length': '6' });
  await put('c.png', 'abcd');
  const again = over(console.uploadsFolder);
  expect(await again.get(id)).toMatchObject({ files: 1, open: 1, bytes: 7 });
  expect((await get(at('a/b.png'))).json()).toEqual({ path: 'a/b.png', received: 3, total: null, complete: false });
  await writeFile(join(console.uploadsFolder, 'stray'), 'x');
  expect(await again.list()).toHaveLength(1);
});

it.skipIf(!CAN_MOUNT)('says that the disk is full, and goes on when there is room again', async () => {
  const folder = await tempDir();
  mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  const uploads = over(folder);
  const { id } = await uploads.create();
  const full = { code: 'DISK_FULL' };
  await expect(uploads.write(id, 'a', { offset: 0, total: 2 ** 21 }, mebibytes(2))).rejects.toMatchObject(full);
  expect(await uploads.look(id, 'a')).toMatchObject({ received: 0 });
  await expect(uploads.write(id, 'a', { offset: 0, total: null }, mebibytes(2))).rejects.toMatchObject(full);
  const { received } = await uploads.look(id, 'a');
  expect(received).toBeGreaterThan(500_000);
  expect(await uploads.get(id)).toMatchObject({ open: 1, bytes: received });
  spawnSync('mount', ['-o', 'remount,size=4m', folder]);
  const rest = Readable.from([Buffer.alloc(10)]);
  const done = await uploads.write(id, 'a', { offset: received, total: received + 10 }, rest);
  expect(done).toMatchObject({ complete: true, received: received + 10 });
});
