import { appendFile, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pictureFolder, until, watchThread } from './rig.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const rules = { include: [], exclude: [] };

describe.each(['events', 'polling'] as const)('by %s', (mode) => {
  test('a picture that is made', async () => {
    const root = await pictureFolder();
    const { hears, watcher } = await watchThread({ root, mode });
    expect(watcher.mode).toBe(mode);
    await writeFile(join(root, 'a', 'new.jpg'), '');
    await hears('./a');
    await appendFile(join(root, 'a', 'new.jpg'), 'more');
    await hears('./a');
  });

  test('a picture that is overwritten in place, its time kept', async () => {
    const root = await pictureFolder();
    const { hears } = await watchThread({ root, mode });
    const path = join(root, 'b', '2.jpg');
    await utimes(path, 1_000_000, 1_000_000);
    await hears('./b');
    await writeFile(path, 'a bigger one');
    await utimes(path, 1_000_000, 1_000_000);
    await hears('./b');
  });

  test('a picture that is renamed, moved, deleted', async () => {
    const root = await pictureFolder();
    const { hears } = await watchThread({ root, mode });
    await rename(join(root, 'a', '1.jpg'), join(root, 'a', 'one.jpg'));
    await hears('./a');
    await rename(join(root, 'a', '2.jpg'), join(root, 'b', 'two.jpg'));
    await hears('./a', './b');
    await rm(join(root, 'b', '3.jpg'));
    await hears('./b');
  });

  test('a picture in the root itself, and a sidecar', async () => {
    const root = await pictureFolder();
    const { hears } = await watchThread({ root, mode });
    await writeFile(join(root, 'top.jpg'), '');
    await hears('.');
    await writeFile(join(root, 'a', '1.xmp'), '<x/>');
    await hears('./a');
    await appendFile(join(root, 'a', '1.xmp'), ' ');
    await hears('./a');
  });

  test('folders that are made in each other with their files, and what is written there later', async () => {
    const root = await pictureFolder();
    const { hears } = await watchThread({ root, mode });
    await mkdir(join(root, 'new', 'in', 'it'), { recursive: true });
    await writeFile(join(root, 'new', 'in', 'it', 'at-once.jpg'), '');
    await hears('./new/**');
    await writeFile(join(root, 'new', 'in', 'it', 'later.jpg'), '');
    await hears('./new/in/it');
  });

  test('a folder that comes from elsewhere, is renamed, goes away', async () => {
    const root = await pictureFolder();
    const { hears } = await watchThread({ root, mode });
    const elsewhere = join(await tempDir(), 'far');
    await mkdir(join(elsewhere, 'deep'), { recursive: true });
    await writeFile(join(elsewhere, 'deep', '1.jpg'), '');
    await rename(elsewhere, join(root, 'came'));
    await hears('./came/**');
    await writeFile(join(root, 'came', 'deep', '2.jpg'), '');
    await hears('./came/deep');
    await rename(join(root, 'came'), join(root, 'b', 'went'));
    await hears('./came/**', './b/went/**');
    await writeFile(join(root, 'b', 'went', 'deep', '3.jpg'), '');
    await hears('./b/went/deep');
    await rm(join(root, 'b'), { recursive: true });
    await hears('./b/**');
  });

  test('two folders that swap their names', async () => {
    const root = await pictureFolder();
    await rm(join(root, 'b', '3.jpg'));
    const { answers } = await watchThread({ root, mode });
    // A look may come between the renames, and find a folder gone or new; that tells of it as well.
    const hearsOf = (folder: string): Promise<void> =>
      until(() => expect(answers.flat().map((told) => told.replace('/**', ''))).toContain(folder));
    await rename(join(root, 'a'), join(root, 'x'));
    await rename(join(root, 'b'), join(root, 'a'));
    await rename(join(root, 'x'), join(root, 'b'));
    await hearsOf('./a');
    await hearsOf('./b');
    answers.splice(0);
    await writeFile(join(root, 'a', '4.jpg'), '');
    await hearsOf('./a');
  });

  test('nothing of folders that rules leave out, nor of files that hold no picture', async () => {
    const root = await pictureFolder();
    await writeFile(join(root, 'a', 'notes.txt'), 'a');
    await mkdir(join(root, '.cache'));
    const { hears, answers } = await watchThread({ root, mode, rules: { ...rules, exclude: ['trash'] } });
    await writeFile(join(root, '.cache', '1.jpg'), '');
    await mkdir(join(root, 'trash', 'deep'), { recursive: true });
    await writeFile(join(root, 'trash', 'deep', '1.jpg'), '');
    await appendFile(join(root, 'a', 'notes.txt'), 'b');
    await writeFile(join(root, 'b', 'last.jpg'), '');
    await hears('./b');
    await writeFile(join(root, 'b', 'very-last.jpg'), '');
    await hears('./b');
    expect(answers.flat()).toEqual([]);
  });

  test('links to folders where they are followed, each folder once', async () => {
    const root = await pictureFolder();
    const elsewhere = await tempDir();
    await symlink(elsewhere, join(root, 'a', 'link'));
    await symlink(root, join(root, 'b', 'loop'));
    const { hears } = await watchThread({ root, mode, followLinks: true });
    await writeFile(join(elsewhere, '1.jpg'), '');
    await hears('./a/link');
    await symlink(await tempDir(), join(root, 'b', 'second'));
    await hears('./b/second/**');
  });

  test('a burst of 500 in few answers', async () => {
    const root = await pictureFolder();
    const { hears } = await watchThread({ root, mode, quietMs: 300 });
    for (let n = 0; n < 500; n++) {
      const folder = join(root, n % 2 === 0 ? 'a' : 'b');
      await writeFile(join(folder, `${n}.jpg`), 'x');
      if (n >= 100) await rename(join(folder, `${n}.jpg`), join(root, 'a', `moved-${n}.jpg`));
    }
    const answers = await hears('./a', './b');
    expect(answers).toBeLessThan(20);
  });

  test('a folder that is handed back, again', async () => {
    const root = await pictureFolder();
    const { hears, watcher } = await watchThread({ root, mode });
    watcher.touch(join(root, 'b'));
    await hears('./b');
  });
});
