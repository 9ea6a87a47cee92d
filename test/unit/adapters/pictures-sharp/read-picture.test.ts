import { createHash } from 'node:crypto';
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPicture } from '../../../../src-core/adapters/pictures-sharp/read-picture.ts';
import { asOrdinaryUser } from '../../../support/ordinary-user.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const MAX = 10_000_000;

test('bytes, hash and time are those of the file, at any number of pieces', async () => {
  const folder = await tempDir();
  for (const size of [1, 1_000, 1024 * 1024, 3_500_000]) {
    const path = join(folder, `${size}.bin`);
    const content = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7) & 255));
    await writeFile(path, content);
    const file = await readPicture(path, folder, MAX);
    expect(content.equals(file.bytes)).toBe(true);
    expect(file.contentHash).toBe(createHash('sha256').update(content).digest('hex'));
    expect(file.mtimeMs).toBe((await stat(path)).mtimeMs);
  }
});

test('what is not there: the file, or the root itself', async () => {
  const folder = await tempDir();
  const path = join(folder, 'gone.jpg');
  await expect(readPicture(path, folder, MAX)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await expect(readPicture(path, null, MAX)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await expect(readPicture(join(folder, 'drive/a.jpg'), join(folder, 'drive'), MAX)).rejects.toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    retryable: true,
  });
  await writeFile(path, 'x');
  await expect(readPicture(join(path, 'below'), folder, MAX)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('links are followed inside the root and refused outside', async () => {
  const folder = await tempDir();
  await mkdir(join(folder, 'root/sub'), { recursive: true });
  await mkdir(join(folder, 'root-of-others'));
  await writeFile(join(folder, 'root/sub/a.jpg'), 'inside');
  await writeFile(join(folder, 'root-of-others/b.jpg'), 'outside');
  await symlink('sub/a.jpg', join(folder, 'root/a.jpg'));
  await symlink('../root-of-others/b.jpg', join(folder, 'root/b.jpg'));
  await symlink('../root-of-others', join(folder, 'root/others'));
  await symlink('root', join(folder, 'alias'));
  const root = join(folder, 'root');
  const text = async (path: string, from: string | null): Promise<string> =>
    Buffer.from((await readPicture(join(folder, path), from, MAX)).bytes).toString();

  expect(await text('root/a.jpg', root)).toBe('inside');
  expect(await text('alias/a.jpg', join(folder, 'alias'))).toBe('inside');
  expect(await text('alias/sub/a.jpg', root)).toBe('inside');
  expect(await text('root/b.jpg', null)).toBe('outside');
  for (const path of ['root/b.jpg', 'root/others/b.jpg', 'root/../root-of-others/b.jpg']) {
    await expect(text(path, root)).rejects.toMatchObject({ code: 'PATH_OUTSIDE_ROOT' });
  }
});

test('folders, sockets, empty and too large files', async () => {
  const folder = await tempDir();
  const server = createServer().listen(join(folder, 'socket.jpg'));
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  await writeFile(join(folder, 'empty.jpg'), '');
  await writeFile(join(folder, 'large.jpg'), 'x'.repeat(101));
  const read = (name: string): Promise<unknown> => readPicture(join(folder, name), folder, 100);

  await expect(read('.')).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  await expect(read('socket.jpg')).rejects.toMatchObject({
    code: 'NOT_A_FILE',
    message: expect.stringMatching(/socket/),
  });
  await expect(read('empty.jpg')).rejects.toMatchObject({ code: 'FILE_EMPTY' });
  const tooLarge = { code: 'FILE_TOO_LARGE', message: expect.stringMatching(/101 bytes/) };
  await expect(read('large.jpg')).rejects.toMatchObject(tooLarge);
});

test('a file without permission is FILE_UNREADABLE', async () => {
  const folder = await tempDir();
  await chmod(folder, 0o755);
  const path = join(folder, 'a.jpg');
  await writeFile(path, 'x');
  await chmod(path, 0);
  const reading = asOrdinaryUser(() => readPicture(path, folder, MAX));
  await expect(reading).rejects.toMatchObject({ code: 'FILE_UNREADABLE', retryable: false });
});

test('an aborted signal stops it', async () => {
  const folder = await tempDir();
  const path = join(folder, 'a.jpg');
  await writeFile(path, 'x');
  await expect(readPicture(path, folder, MAX, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});
