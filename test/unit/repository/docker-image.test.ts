import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  closeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { buildWithoutDocker, environmentOf, type Stage } from './docker-build.ts';

const CONTEXT = resolve(import.meta.dirname, '../../..');
const NOBODY = 65_534;
/** With room for what a release brings; beside it lies the base image. */
const MOST_BYTES = 160e6;
/** npm installs everything that the build needs. */
const TEST = { timeout: 240_000 };
const WAIT = { timeout: 60_000, interval: 50 };

it('makes an image that starts as an ordinary user, and holds nothing but what it needs', TEST, async () => {
  const scratch = await tempDir();
  chmodSync(scratch, 0o755);
  const image = await buildWithoutDocker(CONTEXT, scratch);
  expect(image).toMatchObject({ user: 'node', workdir: '/app', commands: { ENTRYPOINT: ['imagefleet'] } });

  const app = join(image.root, 'app');
  expect(readdirSync(app).toSorted()).toEqual([
    'LICENSE',
    'NOTICE',
    'bin',
    'data',
    'node_modules',
    'out',
    'package.json',
    'resources',
  ]);
  expect(devPackages().filter((path) => existsSync(join(app, path)))).toEqual([]);
  const files = filesBelow(app);
  expect(files.filter(isForeign)).toEqual([]);
  expect(files.reduce((sum, file) => sum + lstatSync(file).size, 0)).toBeLessThan(MOST_BYTES);

  await works(image, scratch);
});

/** One picture is enqueued, indexed and found, and the health check sees the server's beginning and end. */
async function works(image: Stage, scratch: string): Promise<void> {
  const pictures = join(scratch, 'pictures');
  cpSync(join(CONTEXT, 'resources/samples/furniture'), pictures, { recursive: true });
  const command = [...image.commands.ENTRYPOINT!, 'serve', '--port', '0', '--workers', '1', '--allow-root', pictures];
  const env = { ...environmentOf(image), IMAGEFLEET_TOKEN: 'token-of-the-image' };
  const ordinary = process.geteuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const [program = '', ...args] = command;
  const server = spawn(program, args, { env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], ...ordinary });
  onTestFinished(() => void server.kill('SIGKILL'));
  const closed = once(server, 'close');
  let stderr = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const url = await vi.waitFor(() => {
    const [, address] = /Listening on (http:\S+);/.exec(stderr) ?? [];
    if (address === undefined) throw new Error(`it does not listen yet: ${stderr}`);
    return address;
  }, WAIT);

  const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { authorization: 'Bearer token-of-the-image', 'content-type': 'application/json' };
    const post = { method: 'POST', body: JSON.stringify(body) };
    return (await (await fetch(url + path, { headers, ...(body && post) })).json()) as Record<string, unknown>;
  };
  const picture = join(pictures, 'chair-blue.png');
  await call('/queue/enqueue', { image_path: picture, task_id: 'one' });
  await vi.waitFor(async () => expect(await call('/queue/status/one')).toMatchObject({ status: 'completed' }), WAIT);
  expect(await call('/search', { image_path: picture })).toMatchObject({ results: [{ path: picture }] });

  const healthy = (): number | null => {
    const [node = '', ...check] = image.commands.HEALTHCHECK!.map((part) => part.replace('http://127.0.0.1:8000', url));
    return spawnSync(node, check, { env }).status;
  };
  expect(healthy()).toBe(0);
  server.kill('SIGTERM');
  expect(await closed).toEqual([0, null]);
  expect(healthy()).toBe(1);
}

const json = (file: string): unknown => JSON.parse(readFileSync(join(CONTEXT, file), 'utf8'));

/** Packages that only developers need; also those that npm keeps because a package may use them (TypeScript). */
function devPackages(): string[] {
  const { packages } = json('package-lock.json') as { packages: Record<string, { dev?: boolean }> };
  // Ours is a link to the image's Node. What tests use and something of the program needs too is no dev package.
  return Object.keys(packages).filter((path) => packages[path]?.dev && path !== 'node_modules/node');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const MACHINES: Record<string, number> = { x64: 62, arm64: 183 };

/** A native of another system or processor, by its first bytes (ELF, Mach-O, PE), or one for musl. */
function isForeign(file: string): boolean {
  const head = Buffer.alloc(20);
  const handle = openSync(file, 'r');
  readSync(handle, head, 0, head.length, 0);
  closeSync(handle);
  if (head.readUInt32BE(0) === 0x7f_45_4c_46)
    return head.readUInt16LE(18) !== MACHINES[process.arch] || /musl/.test(file);
  const isMac = [0xfe_ed_fa_cf, 0xcf_fa_ed_fe, 0xca_fe_ba_be].includes(head.readUInt32BE(0));
  return isMac || head.toString('latin1', 0, 2) === 'MZ';
}
