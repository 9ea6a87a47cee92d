import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { chmod, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isEmptyFolder, lookAtNamed, type Found } from '../../../src-core/files/look.ts';
import { NO_RULES } from '../../../src-core/domain/import.ts';
import { createRules } from '../../../src-core/files/rules.ts';
import { walk, type WalkOptions } from '../../../src-core/files/walk.ts';
import { collect } from '../../support/collect.ts';
import { asOrdinaryUser } from '../../support/ordinary-user.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function tree(files: readonly string[], root?: string): Promise<string> {
  const folder = root ?? join(await tempDir(), 'root');
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), file);
  }
  return folder;
}

/** "path: what became of it", sorted. */
async function walked(root: string, options?: WalkOptions): Promise<string[]> {
  const lines: string[] = [];
  for await (const item of walk(root, options)) lines.push(`${relative(root, item.path)}: ${summary(item)}`);
  return lines.toSorted();
}

function summary(item: Found): string {
  if (item.kind === 'excluded') return item.rule;
  return item.kind === 'failed' ? item.code : 'file';
}

describe('walk', () => {
  it('finds pictures at any depth with their size and time, and says which rule left the rest out', async () => {
    const root = await tree(['a.jpg', 'b/c/d.PNG', 'b/raw.CR2', 'notes.txt', 'README', '.hidden.jpg', 'b/.git/x.jpg']);
    const leftOut: string[] = [];
    const onFolderLeftOut = (path: string, rule: string) => leftOut.push(`${relative(root, path)}: ${rule}`);
    expect(await walked(root, { onFolderLeftOut })).toEqual([
      '.hidden.jpg: hidden',
      'README: extension',
      'a.jpg: file',
      'b/c/d.PNG: file',
      'b/raw.CR2: file',
      'notes.txt: extension',
    ]);
    expect(leftOut).toEqual(['b/.git: hidden']);
    const a = (await collect(walk(root))).find(({ path }) => path.endsWith('a.jpg'));
    const { mtimeMs, ino: inode, dev: device } = await stat(join(root, 'a.jpg'));
    expect(a).toEqual({
      kind: 'file',
      path: join(root, 'a.jpg'),
      bytes: 'a.jpg'.length,
      mtimeMs,
      root,
      inode,
      device,
      placeholder: false,
    });
  });

  it('takes hidden files and folders when asked', async () => {
    const root = await tree(['.hidden.jpg', '.git/x.jpg']);
    expect(await walked(root, { rules: createRules(root, NO_RULES, { hidden: true }) })).toEqual([
      '.git/x.jpg: file',
      '.hidden.jpg: file',
    ]);
  });

  it('takes any names', async () => {
    const names = [
      'new\nline.jpg',
      `quo'te".jpg`,
      'back\\slash.jpg',
      '🍏.png',
      `${'x'.repeat(246)}.jpg`,
      'e\u0301.jpg',
    ];
    const root = await tree(names);
    expect(await walked(root)).toEqual(names.map((name) => `${name}: file`).toSorted());
  });

  it('follows links to files inside the root only', async () => {
    const root = await tree(['real/a.jpg', 'real/a.txt']);
    const outside = await tree(['o.jpg']);
    await symlink('real/a.jpg', join(root, 'inside.jpg'));
    await symlink(join(outside, 'o.jpg'), join(root, 'outside.jpg'));
    await symlink('nothing', join(root, 'dangling.jpg'));
    await symlink('self.jpg', join(root, 'self.jpg'));
    await symlink('real/a.txt', join(root, 'text.txt'));
    await symlink('/dev/null', join(root, 'device.jpg'));
    await symlink('inside.jpg', join(root, '.hidden.jpg'));
    expect(await walked(root)).toEqual([
      '.hidden.jpg: hidden',
      'dangling.jpg: FILE_NOT_FOUND',
      'device.jpg: link-outside',
      'inside.jpg: file',
      'outside.jpg: link-outside',
      'real/a.jpg: file',
      'real/a.txt: extension',
      'self.jpg: NOT_A_FILE',
      'text.txt: extension',
    ]);
  });

  it('leaves links to folders alone unless asked, and then walks each folder once', async () => {
    const root = await tree(['a/x.jpg', 'b/y.jpg']);
    const outside = await tree(['o.jpg', 'sub/p.jpg']);
    await symlink('..', join(root, 'a/loop'));
    await symlink('../b', join(root, 'a/to-b'));
    await symlink(outside, join(root, 'out'));
    await symlink(join(outside, 'sub/p.jpg'), join(outside, 'link.jpg'));
    await symlink(root, join(outside, 'sub/back'));
    const leftOut: string[] = [];
    const found = await walked(root, {
      onFolderLeftOut: (path, rule) => leftOut.push(`${relative(root, path)}: ${rule}`),
    });
    expect(found).toEqual(['a/x.jpg: file', 'b/y.jpg: file']);
    expect(leftOut.toSorted()).toEqual(['a/loop: link', 'a/to-b: link', 'out: link']);
    expect(await walked(root, { followLinks: true })).toEqual([
      'a/x.jpg: file',
      'b/y.jpg: file',
      'out/link.jpg: file',
      'out/o.jpg: file',
      'out/sub/p.jpg: file',
    ]);
    for await (const item of walk(root, { followLinks: true })) {
      const bounds = relative(root, item.path).startsWith('out') ? outside : root;
      expect(item).toMatchObject({ root: bounds });
    }
  });

  it('excludes what is not a file, without opening it', async () => {
    const root = await tree(['a.jpg']);
    execFileSync('mkfifo', [join(root, 'pipe.jpg')]);
    expect(await walked(root)).toEqual(['a.jpg: file', 'pipe.jpg: not-a-file']);
  });

  it.runIf(process.platform === 'linux')('reports each name that is not UTF-8', async () => {
    const root = await tree(['fine\ufffd.jpg']);
    for (const byte of [0xfe, 0xff]) {
      const name = Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([byte]), Buffer.from('.jpg')]);
      await writeFile(name, 'x');
    }
    await mkdir(Buffer.concat([Buffer.from(`${root}/folder`), Buffer.from([0xff])]));
    await writeFile(Buffer.concat([Buffer.from(`${root}/text`), Buffer.from([0xff]), Buffer.from('.txt')]), 'x');
    expect(await walked(root)).toEqual([
      'bad\\xfe.jpg: FILE_UNREADABLE',
      'bad\\xff.jpg: FILE_UNREADABLE',
      'fine\ufffd.jpg: file',
      'folder\\xff: FILE_UNREADABLE',
      'text\\xff.txt: extension',
    ]);
  });

  it('reports an unreadable folder and goes on', async () => {
    const top = await tempDir();
    const root = await tree(['a.jpg', 'locked/b.jpg', 'open/c.jpg'], join(top, 'root'));
    await chmod(top, 0o755);
    await chmod(join(root, 'locked'), 0);
    try {
      const found = await asOrdinaryUser(() => walked(root));
      expect(found).toEqual(['a.jpg: file', 'locked: FILE_UNREADABLE', 'open/c.jpg: file']);
    } finally {
      await chmod(join(root, 'locked'), 0o755);
    }
  });

  it('takes one file, whatever its name', async () => {
    const root = await tree(['.odd.txt']);
    const file = join(root, '.odd.txt');
    const [item] = await collect(walk(file));
    expect(item).toMatchObject({ kind: 'file', path: file, bytes: 8, root: file });
  });

  it('refuses a root that is not there', async () => {
    const root = join(await tempDir(), 'gone');
    await expect(walked(root)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining(root),
    });
  });

  it('stops when the signal aborts', async () => {
    const root = await tree(Array.from({ length: 100 }, (_, n) => `${n}.jpg`));
    const abort = new AbortController();
    const met: string[] = [];
    const all = async () => {
      for await (const { path } of walk(root, { signal: abort.signal })) {
        met.push(path);
        abort.abort();
      }
    };
    await expect(all()).rejects.toMatchObject({ name: 'AbortError' });
    expect(met.length).toBeLessThan(20);
  });

  it('needs no more memory for more files', async () => {
    const root = await tempDir();
    for (let folder = 0; folder < 6; folder++) {
      await mkdir(join(root, String(folder)));
      for (let n = 0; n < 1_000; n++) writeFileSync(join(root, String(folder), `picture-${n}.jpg`), '');
    }
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const heap = () => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    let files = 0;
    let early = 0;
    let late = 0;
    for await (const { kind } of walk(root)) {
      if (kind === 'file') files++;
      if (files === 500) early = heap();
      if (files === 6_000) late = heap();
    }
    expect(files).toBe(6_000);
    // Kept, 5,500 entries would take 1 MB.
    expect(late - early).toBeLessThan(5e5);
  });
});

describe('lookAtNamed', () => {
  it('takes a file for what it is, and says why it cannot', async () => {
    const root = await tree(['a.dat', 'folder/b.jpg']);
    expect(await lookAtNamed(join(root, 'a.dat'), root)).toMatchObject({ kind: 'file', bytes: 5, root });
    expect(await lookAtNamed(join(root, 'none.jpg'), null)).toMatchObject({ kind: 'failed', code: 'FILE_NOT_FOUND' });
    expect(await lookAtNamed(join(root, 'folder'), null)).toMatchObject({ kind: 'failed', code: 'NOT_A_FILE' });
  });
});

describe('isEmptyFolder', () => {
  it('tells an empty folder from one with anything in it and from one that is away', async () => {
    const root = await tree(['a.txt']);
    expect(await isEmptyFolder(root)).toBe(false);
    expect(await isEmptyFolder(join(root, 'a.txt'))).toBe(false);
    await rm(join(root, 'a.txt'));
    expect(await isEmptyFolder(root)).toBe(true);
    await expect(isEmptyFolder(join(root, 'gone'))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});
