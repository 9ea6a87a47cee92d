import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runChild } from '../../support/run-child.ts';
import type { Sample } from './limit.ts';

const BULLMQ = ['bullmq@6.7.0', 'ioredis@5.8.2'];
const PORT = 16_379;

/** Pictures a second of a BullMQ worker with its defaults, on a Redis of its own that writes nothing to disk. */
export async function bullmqRate(cache: string, folder: string): Promise<number> {
  const bullmq = await installBullmq(cache);
  const work = await mkdtemp(join(tmpdir(), 'imagefleet-peer-'));
  const redis = spawn('redis-server', ['--port', String(PORT), '--bind', '127.0.0.1', '--save', '', '--dir', work]);
  try {
    let said = '';
    redis.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    while (!said.includes('Ready to accept')) await once(redis.stdout, 'data');
    const child = join(import.meta.dirname, 'peer-bullmq-child.ts');
    const { items, seconds } = await runChild<Sample>(child, [folder, join(work, 'peer.db'), bullmq, String(PORT)]);
    return items / seconds;
  } finally {
    redis.kill();
    if (redis.exitCode === null) await once(redis, 'exit');
    await rm(work, { recursive: true, force: true });
  }
}

/** Pictures a second of the same work without any queue, a process per core. */
export async function bareRate(folder: string, cores: number): Promise<number> {
  const work = await mkdtemp(join(tmpdir(), 'imagefleet-peer-'));
  try {
    const shares = Array.from({ length: cores }, (_, share) =>
      runChild<Sample>(join(import.meta.dirname, 'peer-bare-child.ts'), [
        folder,
        join(work, 'peer.db'),
        String(share),
        String(cores),
      ]),
    );
    return (await Promise.all(shares)).reduce((sum, { items, seconds }) => sum + items / seconds, 0);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Only this benchmark needs it, so `npm ci` does not bring it. Answers the folder that `require` takes. */
async function installBullmq(cache: string): Promise<string> {
  const prefix = join(cache, 'bullmq');
  const installed = join(prefix, 'node_modules', 'bullmq');
  if (!existsSync(join(prefix, 'node_modules', 'ioredis'))) {
    await mkdir(prefix, { recursive: true });
    await promisify(execFile)('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', ...BULLMQ]);
  }
  return installed;
}
