import { openQueue } from '../../../src-core/open-backends.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { startCli } from '../../support/cli.ts';
import { quickSettings } from '../../support/fleet-settings.ts';

const BATCH = 5_000;

/** The real program on a data dir, without workers, and a link that signs a browser in. */
export async function startConsole(dataDir: string) {
  const { child, ended, output } = startCli(dataDir, ['serve', '--port', '0', '--workers', '0']);
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
  }
  try {
    const url = await listening(output, ended);
    const token = (await startCli(dataDir, ['token']).ended).stdout.trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    async function signInLink(): Promise<string> {
      const response = await fetch(`${url}/sign-in/link`, { method: 'POST', headers, body: '{}' });
      return url + ((await response.json()) as { path: string }).path;
    }
    return { url, signInLink, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listening(output: () => { stderr: string }, ended: Promise<{ stderr: string }>): Promise<string> {
  const end = Promise.race([ended, new Promise<null>((done) => setTimeout(done, 60_000, null))]);
  for (;;) {
    const [, url] = /Listening on (http:\S+);/.exec(output().stderr) ?? [];
    if (url) return url;
    const over = await Promise.race([end, new Promise<'wait'>((done) => setTimeout(done, 50, 'wait'))]);
    if (over !== 'wait') throw new Error(`the server did not start: ${over?.stderr ?? 'it says nothing'}`);
  }
}

/** The queue of that data dir, as a worker in another process has it. */
export async function openBenchQueue(dataDir: string) {
  return openQueue(quickSettings(), await openDataDir(dataDir));
}
export type BenchQueue = Awaited<ReturnType<typeof openBenchQueue>>;

/** Tasks from one number on; the path says which. */
export async function enqueueTasks(queue: BenchQueue, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += BATCH) {
    const many = Math.min(BATCH, from + count - n);
    await queue.enqueue(Array.from({ length: many }, (_, i) => newTask(n + i)));
  }
}

export function taskId(n: number): string {
  return `task-${n}`;
}

function newTask(n: number) {
  const name = String(n).padStart(6, '0');
  const path = `/photos/2024/spring/shoot-${String(Math.floor(n / 500)).padStart(3, '0')}/picture-${name}.jpg`;
  return { id: taskId(n), catalogId: '0d0c4d1e-6f5a-4a53-8f0e-3a7b2b1c9d10', payload: { path } };
}
