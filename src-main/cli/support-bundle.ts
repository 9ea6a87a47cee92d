import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../src-core/domain/app-error.ts';
import { installedVersion } from '../../src-core/settings/installation.ts';
import type { Console } from '../console.ts';
import { errorDocument, taskDocument } from '../documents.ts';
import { statsDocument } from './commands/stats.ts';
import { workerDocument } from './commands/workers.ts';
import { createScrubber } from './scrub.ts';

/** Of all log files together, the newest bytes. */
const LOG_BYTES = 20e6;
const FAILED_TASKS = 100;

/**
 * What is needed to find out what is wrong, by the name of the file that holds it. What cannot be asked (a queue that is
 * away, say) is in it as the error that it met. `env` is the command's: its secrets are taken out of every text.
 */
export async function supportFiles(console: Console, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const parts: Record<string, () => Promise<unknown>> = {
    'versions.json': async () => versions(),
    'settings.json': async () => console.settings,
    'doctor.json': () => console.doctor(),
    'stats.json': async () => statsDocument(await (await console.queue()).stats()),
    'workers.json': async () => (await (await console.queue()).workers()).map(workerDocument),
    'failed-tasks.json': async () => {
      const failed = await (await console.tasks()).list({ states: ['failed'] }, FAILED_TASKS);
      return failed.map(taskDocument);
    },
  };
  const scrub = await createScrubber(console, env);
  const files: Record<string, string> = {};
  // At once: each of them may wait for a backend that is away.
  const told = Object.entries(parts).map(async ([name, read]) => {
    const value = await read().catch((error: unknown) => ({ error: errorDocument(error) }));
    return [name, `${JSON.stringify(scrub.value(value), null, 2)}\n`] as const;
  });
  for (const [name, text] of await Promise.all(told)) files[name] = text;
  for (const [name, text] of await logFiles(console.dataDir.root)) files[`logs/${name}`] = scrub.text(text);
  return files;
}

/** One zip, readable by its owner only; it is there whole or not at all. Never over a file that exists: CONFLICT. */
export async function writeBundle(path: string, files: Record<string, string>): Promise<number> {
  const { strToU8, zipSync } = await import('fflate');
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new AppError('CONFLICT', `${path} is there already; name another file`, { cause: error });
    if (code === 'ENOSPC') await rm(path, { force: true });
    throw new AppError(code === 'ENOSPC' ? 'DISK_FULL' : 'INVALID_INPUT', `${path}: ${message}`, { cause: error });
  }
  return bytes.length;
}

function versions() {
  return {
    imagefleet: installedVersion(),
    made_at: new Date().toISOString(),
    node: process.versions,
    platform: platform(),
    release: release(),
    arch: arch(),
    cores: availableParallelism(),
    memory_bytes: totalmem(),
  };
}

/** The newest first, until the bytes are used up; an older one is cut at its beginning. */
async function logFiles(dataDir: string): Promise<[name: string, text: string][]> {
  const folder = join(dataDir, 'logs');
  const names = await readdir(folder).catch(() => []); // logs go to stderr unless log.toFile
  const files: [string, string][] = [];
  let left = LOG_BYTES;
  for (const name of names.filter((each) => each.endsWith('.log')).toSorted((a, b) => ageOf(a) - ageOf(b))) {
    if (left <= 0) break;
    const text = await readFile(join(folder, name), 'utf8');
    files.push([name, text.slice(-left)]);
    left -= text.length;
  }
  return files;
}

/** `imagefleet.log` is the newest, `imagefleet.1.log` the one before. */
function ageOf(name: string): number {
  return Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 0);
}
