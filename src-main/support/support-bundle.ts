import { readdir, readFile } from 'node:fs/promises';
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { installedVersion } from '../../src-core/settings/installation.ts';
import type { Console } from '../console.ts';
import { errorDocument, taskDocument } from '../documents.ts';
import { createScrubber } from './scrub.ts';

/** Of all log files together, the newest bytes. */
const LOG_BYTES = 20e6;
const FAILED_TASKS = 100;

export interface SupportOptions {
  /** Of the process: its secrets are taken out of every text. */
  env: NodeJS.ProcessEnv;
  /** More that is to be taken out. */
  tokens: readonly (string | null)[];
  /** The numbers of the queue and its workers, as the caller tells them. */
  numbers: { stats: () => Promise<unknown>; workers: () => Promise<unknown> };
}

/**
 * What is needed to find out what is wrong, by the name of the file that holds it. What cannot be asked (a queue that is
 * away, say) is in it as the error that it met.
 */
export async function supportFiles(
  console: Console,
  { env, tokens, numbers }: SupportOptions,
): Promise<Record<string, string>> {
  const parts: Record<string, () => Promise<unknown>> = {
    'versions.json': async () => versions(),
    'settings.json': async () => console.settings,
    'doctor.json': () => console.doctor(),
    'stats.json': numbers.stats,
    'workers.json': numbers.workers,
    'failed-tasks.json': async () => {
      const failed = await (await console.tasks()).list({ states: ['failed'] }, FAILED_TASKS);
      return failed.map(taskDocument);
    },
  };
  const scrub = createScrubber(console, env, tokens);
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
