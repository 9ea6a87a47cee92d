import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { findAnswer, type FinderRequest, thumbnailAnswer } from '../../../src-core/domain/finder-messages.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startProcess, type TestProcess } from './test-host.ts';
import { names, openWork } from './work.ts';

async function ask(finder: TestProcess, request: FinderRequest): Promise<unknown> {
  finder.child.send(request);
  const answer = await finder.message('answer', ({ id }) => id === request.id);
  return answer.ok ? answer.result : answer.error;
}

describe('finder process', () => {
  it('finds what a worker has indexed, by a file and by an id, and makes thumbnails', async () => {
    const work = await openWork(names(6));
    const worker = startProcess({ entry: 'worker', dataDir: work.dataDir, settings: { fleet: { heartbeatMs: 50 } } });
    await worker.message('heartbeat', ({ status }) => status.processed === 6);

    const finder = startProcess({ entry: 'finder', dataDir: work.dataDir });
    await finder.message('ready');
    const path = join(work.folder, 'p3.png');
    const request = { type: 'request', method: 'find' } as const;
    const found = findAnswer.parse(
      await ask(finder, { ...request, id: 1, params: { catalog: 'test', like: [{ path }], limit: 3 } }),
    );
    expect(found.hits).toHaveLength(3);
    expect(found.hits[0]?.record.path).toBe(path);
    expect(found.hits[0]?.score).toBeCloseTo(1, 4);

    const imageId = found.hits[0]!.record.imageId;
    const like = [{ imageId }];
    const others = findAnswer.parse(
      await ask(finder, { ...request, id: 2, params: { catalog: 'test', like, limit: 6 } }),
    );
    expect(others.hits.map(({ record }) => record.imageId)).not.toContain(imageId);
    expect(others.hits).toHaveLength(5);

    const params = { path, edge: 16 };
    const thumbnail = thumbnailAnswer.parse(await ask(finder, { type: 'request', id: 3, method: 'thumbnail', params }));
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', height: expect.any(Number) as number });

    finder.child.send({ type: 'drain' });
    expect(await finder.exited).toEqual({ code: 0, signal: null });
  });

  it('answers a bad question with what is wrong with it, and goes on', async () => {
    const folder = await tempDir();
    const finder = startProcess({ entry: 'finder', dataDir: join(folder, 'data') });
    const params = { catalog: 'nowhere', like: [{ path: join(folder, 'text.jpg') }], limit: 1 };
    finder.child.send({ type: 'request', id: 7, method: 'find', params: { ...params, limit: 0 } });
    expect(await finder.message('answer', ({ id }) => id === 7)).toMatchObject({
      ok: false,
      error: { code: 'INVALID_INPUT', message: expect.stringContaining('params.limit') as string },
    });
    const find = { type: 'request', method: 'find' } as const;
    expect(await ask(finder, { ...find, id: 8, params })).toMatchObject({ code: 'NOT_FOUND' });
    await writeFile(join(folder, 'text.jpg'), 'not a picture');
    const thumbnail = { type: 'request', id: 9, method: 'thumbnail' } as const;
    const asked = await ask(finder, { ...thumbnail, params: { path: join(folder, 'text.jpg'), edge: 64 } });
    expect(asked).toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
    finder.child.disconnect();
    expect(await finder.exited).toEqual({ code: 0, signal: null });
  });
});
