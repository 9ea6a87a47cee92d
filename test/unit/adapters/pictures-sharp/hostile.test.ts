import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPictures } from '../../../../src-core/adapters/pictures-sharp/create-pictures.ts';
import { AppError } from '../../../../src-core/domain/app-error.ts';
import { CHANGING_FILE, keepChanging, writeHostilePictures } from '../../../support/hostile-pictures.ts';
import { defaultModel } from '../../../support/model.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const LIMITS = { maxBytes: 100_000_000, maxPixels: 300_000_000, decodeMs: 20_000 };

test(
  'every hostile file is decoded or refused with its code, and nothing is fetched',
  { timeout: 60_000 },
  async () => {
    const requests: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const listener = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const folder = join(await tempDir(), 'in');
    const hostile = await writeHostilePictures(folder, { listener });
    const pictures = createPictures({ model: (await defaultModel()).manifest, limits: LIMITS });
    onTestFinished(() => pictures.close());

    const became: Record<string, string> = {};
    for (const { file } of hostile) {
      became[file] = await pictures
        .read(join(folder, file), folder)
        .then(({ bytes }) => pictures.decode(bytes))
        .then(
          () => 'indexed',
          (error: unknown) => (error instanceof AppError ? error.code : String(error)),
        );
    }

    const expected = hostile.map(({ file, expect }) => [file, expect === 'indexed' ? expect : expect.code]);
    expect(became).toEqual(Object.fromEntries(expected));
    expect(requests).toEqual([]);
  },
);

test('an SVG shows nothing of the files that it names', async () => {
  const folder = join(await tempDir(), 'in');
  await writeHostilePictures(folder);
  const pictures = createPictures({ model: (await defaultModel()).manifest, limits: LIMITS });
  onTestFinished(() => pictures.close());

  const darkest: Record<string, number> = {};
  for (const name of ['file-reference', 'path-reference', 'neighbour-reference']) {
    const { bytes } = await pictures.read(join(folder, 'svg', `${name}.svg`), folder);
    const { pixels } = await pictures.decode(bytes);
    darkest[name] = Math.min(...pixels);
  }
  expect(darkest).toEqual({ 'file-reference': 255, 'path-reference': 255, 'neighbour-reference': 255 });
});

test('a file that is written while it is read is FILE_CHANGED, and may be tried again', async () => {
  const folder = join(await tempDir(), 'in');
  await writeHostilePictures(folder);
  const file = join(folder, CHANGING_FILE);
  const pictures = createPictures({ model: (await defaultModel()).manifest, limits: LIMITS });
  onTestFinished(() => pictures.close());

  const stop = keepChanging(file);
  await expect(pictures.read(file, folder)).rejects.toMatchObject({ code: 'FILE_CHANGED', retryable: true });
  stop();
  await expect(pictures.read(file, folder)).resolves.toMatchObject({ mtimeMs: expect.any(Number) });
});
