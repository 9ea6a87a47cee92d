import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPreview } from '../../../src-main/http/imports/preview.ts';
import { heartbeatOf } from '../../support/fleet-facts.ts';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testServer } from './test-server.ts';

async function withPictures(count: number) {
  const base = await tempDir();
  const root = join(base, 'pictures');
  await makePictures(root, count);
  await mkdir(join(root, 'drafts'));
  await writeFile(join(root, 'drafts', 'a.png'), 'x');
  await writeFile(join(root, 'notes.txt'), 'x');
  return { ...(await testServer({ paths: { allowRoots: [root] } })), root };
}

it('says what an import would find, and writes nothing', async () => {
  const { post, get, root, console } = await withPictures(5);
  const answer = await post('/imports/preview', { path: root, exclude: ['drafts/'] });
  expect(answer.statusCode).toBe(200);
  const preview = answer.json();
  expect(preview).toMatchObject({
    complete: true,
    new: { files: 5, bytes: expect.any(Number) },
    excluded: { files: 1 },
    folders_left_out: { folders: 1 },
    open_before: 0,
    // There is no fleet.
    time: null,
    time_unknown: 'no workers',
  });
  const files = preview.formats.reduce(
    (sum: number, { to_index }: { to_index: { files: number } }) => sum + to_index.files,
    0,
  );
  expect(files).toBe(5);
  expect((await get('/imports')).json()).toEqual({ imports: [] });
  expect((await get('/catalogs')).json()).toEqual({ catalogs: [] });
  expect(await readdir(console.dataDir.root)).not.toContain('dry-run');
  for (const path of ['/etc', join(root, '..')]) {
    expect((await post('/imports/preview', { path })).json()).toMatchObject({ code: 'PATH_OUTSIDE_ROOT' });
  }
  expect((await post('/imports/preview', { path: join(root, 'none') })).statusCode).toBe(400);
});

it('tells the time by the rate of a fleet that is at work', async () => {
  const { post, root, console } = await withPictures(6);
  const queue = await console.queue();
  await queue.enqueue([{ id: 'other', catalogId: 'c', payload: { path: '/x' } }]);
  for (const [workerId, rate] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    await queue.heartbeat(heartbeatOf({ workerId, state: 'busy', rate }, {}));
  }
  await queue.heartbeat(heartbeatOf({ workerId: 'c', state: 'idle', rate: 9 }, {}));
  const { time, time_unknown, open_before } = (
    await post('/imports/preview', { path: root, exclude: ['drafts/'] })
  ).json();
  expect({ time, time_unknown, open_before }).toEqual({
    time: { by: 'rate', seconds: 2, low_seconds: null, high_seconds: null, images_per_second: 3 },
    time_unknown: null,
    open_before: 1,
  });
});

it('tells what it has counted when its time is over, and ends with its caller', async () => {
  const { console, root } = await withPictures(1);
  const many = join(root, 'many');
  await mkdir(many);
  for (let n = 0; n < 3_000; n += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, i) => writeFile(join(many, `${n + i}.png`), '')));
  }
  const roots = { check: async (path: string) => ({ path, root }), list: async () => [root] };
  const input = { path: root, catalog: 'default', include: [], exclude: [] };
  const never = new AbortController().signal;
  const over = new AbortController();
  const cutShort = createPreview({ console, roots }, { late: () => over.signal, onLooking: () => over.abort() });
  const part = await cutShort(input, never);
  expect(part).toMatchObject({ complete: false, time: null, time_unknown: 'stopped' });
  expect(part.found).toBeGreaterThan(0);
  expect(part.found).toBeLessThan(3_003);
  await expect(cutShort(input, never)).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });

  const gone = new AbortController();
  const preview = createPreview({ console, roots });
  const first = preview(input, gone.signal);
  const second = preview(input, never);
  gone.abort(new Error('the caller has gone'));
  await expect(first).rejects.toThrow('the caller has gone');
  expect(await second).toMatchObject({ complete: true, found: 3_003 });
});
