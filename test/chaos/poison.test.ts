import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePictures, picture } from '../support/pictures.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startHost } from './host.ts';

it(
  'fails a picture that kills its workers as WORKER_CRASHED, and takes no other with it',
  {
    timeout: 120_000,
  },
  async () => {
    const folder = await tempDir();
    await makePictures(join(folder, 'pictures'), 60);
    await writeFile(join(folder, 'pictures', 'part-0', 'picture-00030-poison.png'), await picture(99_999));
    const { code, stdout, stderr } = await startHost(
      ['index', join(folder, 'pictures'), '--data-dir', join(folder, 'data'), '--workers', '2', '--json'],
      { IMAGEFLEET_TEST_POISON: 'poison', IMAGEFLEET_FLEET_RESTART_BACKOFF_MS: '50' },
    ).ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      discovered: 61,
      completed: 60,
      failed: 1,
      errors: { WORKER_CRASHED: 1 },
    });
  },
);
