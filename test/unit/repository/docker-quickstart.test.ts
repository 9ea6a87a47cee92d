import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startCli } from '../../support/cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

// There may be no Docker here: a stand-in for its command line says yes to what is asked, and the server that Compose
// would start is the real one, run from its sources. Everything that the script itself does is so tried.

const PROJECT = resolve(import.meta.dirname, '../../..');
const WAIT = { timeout: 60_000, interval: 20 };
const TEST = { timeout: 120_000 };
const TOKEN = 'token-of-the-quickstart';

/** A copy of what the script needs, so that it writes no .env into this tree; `docker` answers as `engine` says. */
async function checkout(engine: string) {
  const folder = await tempDir();
  for (const path of ['quickstart.sh', 'scripts', '.env.example', 'resources/samples']) {
    cpSync(join(PROJECT, path), join(folder, path), { recursive: true });
  }
  const tools = join(folder, 'tools');
  await mkdir(tools);
  writeFileSync(join(tools, 'docker'), `#!/bin/sh\necho "$*" >>"$0.log"\n${engine}\n`, { mode: 0o755 });
  return {
    folder,
    calls: () => readFileSync(join(tools, 'docker.log'), 'utf8').trimEnd().split('\n'),
    async run(...args: string[]) {
      const env = { ...process.env, PATH: `${tools}:${process.env.PATH}` };
      const child = spawn(join(folder, 'quickstart.sh'), ['--docker', ...args], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stdout, stderr };
    },
  };
}

/** What `docker compose up` would start, on a free port. */
async function startServer(samples: string): Promise<string> {
  vi.stubEnv('IMAGEFLEET_TOKEN', TOKEN);
  const roots = ['--allow-root', samples, '--path-map', `/pictures=${samples}`];
  const server = startCli(await tempDir(), ['serve', '--port', '0', '--workers', '1', ...roots]);
  vi.unstubAllEnvs();
  onTestFinished(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
  });
  return vi.waitFor(() => {
    const [, port] = /Listening on http:\S+:(\d+);/.exec(server.output().stderr) ?? [];
    if (port === undefined) throw new Error(`it does not listen yet: ${server.output().stderr}`);
    return port;
  }, WAIT);
}

it('builds, starts, and shows that a picture is indexed and found', TEST, async () => {
  const { folder, run, calls } = await checkout('exit 0');
  const port = await startServer(join(folder, 'resources/samples'));
  writeFileSync(join(folder, '.env'), `IMAGEFLEET_TOKEN=${TOKEN}\nIMAGEFLEET_PORT=${port}\n`);
  const { code, stdout, stderr } = await run();
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('was indexed and found') });
  const [health, enqueued, status, found] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(health).toEqual({ status: 'ok' });
  expect(status).toMatchObject({ task_id: enqueued.task_id, status: 'completed' });
  expect(found.results).toMatchObject([{ image_id: status.result.image_id }]);
  expect(stderr).not.toContain(TOKEN);
  expect(calls()).toContain('compose up --build --detach --wait --wait-timeout 300');
});

it('makes .env with tokens and a password that only its owner may read', async () => {
  const { folder, run, calls } = await checkout('[ "$2" != up ]');
  const { code, stderr } = await run();
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('The fleet did not start') });
  expect(calls()).toContain('compose logs --tail 20');
  const text = readFileSync(join(folder, '.env'), 'utf8');
  const made = [...text.matchAll(/^(\w+=)([0-9a-f]{64})$/gm)].map(([, name, value]) => ({ name, value }));
  expect(made.map(({ name }) => name)).toEqual([
    'IMAGEFLEET_TOKEN=',
    'IMAGEFLEET_READ_ONLY_TOKEN=',
    'GRAFANA_PASSWORD=',
  ]);
  expect(new Set(made.map(({ value }) => value)).size).toBe(3);
  expect(text.replaceAll(/=[0-9a-f]{64}$/gm, '=')).toBe(readFileSync(join(folder, '.env.example'), 'utf8'));
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
});

it.each([
  ['exit 127', 'Docker has no Compose.'],
  ['[ "$1" != info ]', 'The Docker engine does not answer.'],
])('says what is missing: %s', async (engine, message) => {
  const { run } = await checkout(engine);
  expect(await run()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
});
