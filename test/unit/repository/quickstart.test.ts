import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makePictures } from '../../support/pictures.ts';
import { membersOf } from '../../support/proc.ts';
import { tempDir } from '../../support/temp-dir.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const MAIN = join(PROJECT, 'src-main/cli/main.ts');
const WAIT = { timeout: 60_000, interval: 50 };

/** A checkout that is installed and built as far as the script looks; its command line is the real one, from its sources. */
async function checkout() {
  const folder = await tempDir();
  await copyFile(join(PROJECT, 'quickstart.sh'), join(folder, 'quickstart.sh'));
  await cp(join(PROJECT, 'scripts/prepare.sh'), join(folder, 'scripts/prepare.sh'));
  for (const path of ['bin', 'out', 'node_modules/node/bin']) await mkdir(join(folder, path), { recursive: true });
  await symlink(process.execPath, join(folder, 'node_modules/node/bin/node'));
  for (const path of ['package-lock.json', 'node_modules/.imagefleet-lock.json', 'out/.built']) {
    await writeFile(join(folder, path), '');
  }
  await writeFile(join(folder, 'bin/imagefleet'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, {
    mode: 0o755,
  });
  const browser = join(folder, 'browser');
  await writeFile(browser, `#!/bin/sh\nprintf '%s' "$1" >"$0.part" && mv "$0.part" "$0.url"\n`, { mode: 0o755 });
  return { folder, browser };
}

it('indexes a folder, then serves the console and opens it signed in', { timeout: 120_000 }, async () => {
  const { folder, browser } = await checkout();
  const pictures = join(folder, 'my pictures');
  await mkdir(pictures);
  await makePictures(pictures, 2);
  const script = spawn(join(folder, 'quickstart.sh'), [pictures], {
    env: {
      ...process.env,
      BROWSER: browser,
      IMAGEFLEET_DATA_DIR: join(folder, 'data'),
      IMAGEFLEET_FLEET_WORKERS: '1',
      IMAGEFLEET_PORT: '0',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  onTestFinished(() => {
    const left = membersOf(script.pid!);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left).toEqual([]);
  });
  let stderr = '';
  script.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = once(script, 'close');
  const ended = closed.then(() => Promise.reject(new Error(`it ended: ${stderr}`)));
  const opened = vi.waitFor(() => readFile(`${browser}.url`, 'utf8'), WAIT);
  const link = await Promise.race([opened, ended]);
  ended.catch(() => {}); // it is ended below

  const signedIn = await fetch(link, { redirect: 'manual' });
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  const catalogs = await fetch(new URL('/catalogs', link), { headers: { cookie } });
  expect(await catalogs.json()).toMatchObject({ catalogs: [{ name: 'default', images: 2 }] });
  expect(stderr).toContain('$ bin/imagefleet serve --port 0 --open');
  script.kill('SIGTERM');
  expect((await closed)[0]).toBe(0);
});
