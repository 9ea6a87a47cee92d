import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startCli } from '../support/cli.ts';
import { membersOf } from '../support/proc.ts';
import { startRedis } from '../support/redis-server.ts';
import { tempDir } from '../support/temp-dir.ts';

// Processes on a busy machine: a failure of the program shows much earlier than these.
const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 20 };

const DOCS = resolve(import.meta.dirname, '../../docs/api-queue.md');

/** Shell examples in their order, each with the JSON that stands right after it. */
async function examples(): Promise<{ script: string; answer: unknown }[]> {
  const text = await readFile(DOCS, 'utf8');
  const blocks = text.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```json\n([\s\S]*?)^```\n)?/gm);
  return [...blocks].map(([, script = '', json]) => ({
    script,
    answer: json === undefined ? undefined : (JSON.parse(json) as unknown),
  }));
}

async function serve(...args: string[]): Promise<{ URL: string; TOKEN: string }> {
  const data = await tempDir();
  const all = ['serve', '--port', '0', '--workers', '0', '--allow-root', '/photos', ...args];
  const server = startCli(data, all, { detached: true });
  onTestFinished(async () => {
    server.child.kill('SIGTERM');
    const { code, stderr } = await server.ended;
    expect({ code, left: membersOf(server.child.pid!), stderr }).toMatchObject({ code: 0, left: [] });
  });
  const url = await vi.waitFor(() => {
    const [, found] = /Listening on (http:\S+);/.exec(server.output().stderr) ?? [];
    expect({ found, said: server.output().stderr }).toMatchObject({ found: expect.any(String) });
    return found!;
  }, WAIT);
  const { stdout } = await startCli(data, ['token']).ended;
  return { URL: url, TOKEN: stdout.trim() };
}

/** Times and ids are other ones each time, and a payload has them in its texts; all else must be as the page says. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === 'string')
    return value.replace(/^\d{4}-\d\d-\d\dT\S+Z$/, 'TIME').replace(/^[0-9a-f-]{36}$/, 'ID');
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, one]) => {
    return [key, key === 'payload' ? { path: (one as { path: unknown }).path } : comparable(one)];
  });
  return Object.fromEntries(fields) as unknown;
}

const run = promisify(execFile);

async function runExamples(env: Record<string, string>): Promise<string[]> {
  const cwd = await tempDir();
  const outputs: string[] = [];
  for (const { script, answer } of await examples()) {
    // A refusal must show: the examples themselves only print it.
    const { stdout } = await run('sh', ['-ec', script], { cwd, env: { ...process.env, ...env } });
    expect({ script, stdout }).not.toMatchObject({ stdout: expect.stringContaining('"todo"') });
    const answered = answer === undefined ? undefined : comparable(JSON.parse(stdout));
    expect({ script, answered }).toEqual({ script, answered: comparable(answer) });
    outputs.push(stdout);
  }
  const csv = await readFile(resolve(cwd, 'failed.csv'), 'utf8');
  expect(csv).toMatch(/^task_id,status,image_path,/);
  return outputs;
}

it('does what docs/api-queue.md says, on the embedded queue', TEST, async () => {
  const outputs = await runExamples(await serve());
  expect(outputs.some((text) => /^id: \d+\nevent: snapshot\ndata: \{"stats":/.test(text))).toBe(true);
  const lines = outputs
    .find((text) => text.startsWith('{"index":0'))!
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { index: 0, status: 'waiting' },
    { index: 1, error: { code: 'INVALID_INPUT' } },
  ]);
});

it('does the same on Redis', TEST, async () => {
  const { url } = await startRedis({ args: ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'] });
  const outputs = await runExamples(await serve('--redis', url));
  expect(outputs).toHaveLength((await examples()).length);
});
