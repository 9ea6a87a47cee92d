import { expect, it } from 'vitest';
import {
  changesOf,
  needsRestart,
  type FirstAnswers,
} from '../../../src-renderer/features/imports/first-run/answers.ts';
import { findDropped } from '../../../src-renderer/features/imports/new/find-dropped.ts';
import { createUploader, type UploadRequest } from '../../../src-renderer/features/imports/upload/upload.ts';
import { folderOfPath, nameOfPath } from '../../../src-renderer/lib/path-names.ts';
import { createRates } from '../../../src-renderer/ui/import-bar/rates.ts';

const parts = (path: string) => [folderOfPath(path), nameOfPath(path)];

it('parts paths of either kind of machine', () => {
  expect(parts('/photos/2024')).toEqual(['/photos', '2024']);
  expect(parts('/photos')).toEqual(['/', 'photos']);
  expect(parts('/')).toEqual([null, '/']);
  expect(parts(String.raw`C:\photos\a.jpg`)).toEqual([String.raw`C:\photos`, 'a.jpg']);
  expect(parts(String.raw`C:\photos`)).toEqual(['C:\\', 'photos']);
  expect(parts('C:\\')).toEqual([null, 'C:']);
});

it('measures files a second over the last twenty seconds, and slows down when nothing comes', () => {
  const rates = createRates();
  expect(rates.of('a', 0)).toBeNull();
  rates.note('a', 0, 0);
  expect(rates.of('a', 500)).toBeNull();
  rates.note('a', 100, 10_000);
  expect(rates.of('a', 10_000)).toBe(10);
  expect(rates.of('a', 20_000)).toBe(5);
  rates.note('a', 500, 30_000);
  expect(rates.of('a', 30_000)).toBe(20);
  expect(rates.of('b', 30_000)).toBeNull();
});

const FOLDERS: Record<string, { name: string; kind: 'folder' | 'picture' }[]> = {
  '/a': [
    { name: 'shoes', kind: 'folder' },
    { name: 'more', kind: 'folder' },
  ],
  '/a/shoes': [{ name: 'other.png', kind: 'picture' }],
  '/a/more': [{ name: 'shoes', kind: 'folder' }],
  '/a/more/shoes': [
    { name: '1.png', kind: 'picture' },
    { name: '2.png', kind: 'picture' },
  ],
};

const browse = async (path?: string) => ({
  path: path ?? null,
  truncated: false,
  entries: (path === undefined ? [{ name: '/a', kind: 'folder' as const }] : (FOLDERS[path] ?? [])).map(
    ({ name, kind }) => ({
      name,
      kind,
      path: path === undefined ? name : `${path}/${name}`,
      bytes: null,
      modified_at: null,
    }),
  ),
});

const find = (name: string, kind: 'folder' | 'file', inside: string[] = []) =>
  findDropped([{ name, kind, inside }], browse, new AbortController().signal);

it('knows what was dropped by its name and by what lies in it', async () => {
  expect(await find('shoes', 'folder', ['1.png', 'note.txt'])).toEqual({ paths: ['/a/more/shoes'], missing: [] });
  expect(await find('a', 'folder', ['shoes'])).toEqual({ paths: ['/a'], missing: [] });
  expect(await find('shoes', 'folder', ['third.png'])).toEqual({ paths: [], missing: ['shoes'] });
  expect(await find('2.png', 'file')).toEqual({ paths: ['/a/more/shoes/2.png'], missing: [] });
});

it('takes the folder of several dropped files', async () => {
  const dropped = ['1.png', '2.png'].map((name) => ({ name, kind: 'file' as const, inside: [] }));
  const found = await findDropped(dropped, browse, new AbortController().signal);
  expect(found).toEqual({ paths: ['/a/more/shoes'], missing: [] });
});

const NOW: FirstAnswers = { path: null, backends: 'embedded', redis: '', qdrant: '', apiKey: '', workers: 'auto' };

it('changes no setting where the first answers are left as they are', () => {
  expect(changesOf(NOW, NOW)).toEqual({});
  expect(changesOf({ ...NOW, workers: 2 }, NOW)).toEqual({ 'fleet.workers': 2 });
  // Typed, and then the program's own were chosen after all.
  expect(changesOf({ ...NOW, redis: 'redis://a' }, NOW)).toEqual({});
  const servers = changesOf({ ...NOW, backends: 'servers', redis: 'redis://a', qdrant: 'http://b' }, NOW);
  expect(servers).toEqual({ 'redis.url': 'redis://a', 'qdrant.url': 'http://b' });
  expect(needsRestart(servers)).toBe(true);
  expect(needsRestart({ 'fleet.workers': 2 })).toBe(false);
});

it('goes on with an upload where it has stopped, and imports it once it is whole', async () => {
  const names = Array.from({ length: 20 }, (_, n) => `${n}.png`);
  const sent: { path: string; isBegun: boolean }[] = [];
  let isBroken = true;
  let finished = 0;
  async function* files() {
    for (const path of names) yield { path, open: async () => new File(['x'], path, { type: 'image/png' }) };
  }
  const request: UploadRequest = {
    name: 'set',
    files: files(),
    count: async () => names.length,
    begin: async () => 'id',
    async send(_id, path, _file, _signal, isBegun) {
      if (isBroken && path === '7.png') throw new Error('broken');
      sent.push({ path, isBegun });
    },
    finish: async () => void finished++,
    discard: async () => {},
  };
  const uploader = createUploader();
  const until = (isSo: () => boolean) =>
    new Promise<void>((done) => {
      const stop = uploader.subscribe(() => {
        if (!isSo()) return;
        stop();
        done();
      });
    });
  const stopped = until(() => uploader.get()?.phase === 'stopped');
  uploader.start(request);
  await stopped;
  expect(uploader.get()).toMatchObject({ phase: 'stopped', error: new Error('broken') });
  expect(finished).toBe(0);

  isBroken = false;
  const ended = until(() => uploader.get() === null);
  uploader.goOn();
  await ended;
  expect(finished).toBe(1);
  expect(sent.map(({ path }) => path).toSorted()).toEqual(names.toSorted());
  expect(sent.find(({ path }) => path === '7.png')).toMatchObject({ isBegun: true });
});
