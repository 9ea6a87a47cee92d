import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Console } from '../console.ts';
import { createRemote } from './remote.ts';

/**
 * Hands `use` the file of a picture that was named by its URL, and removes it afterwards; null where none was named.
 * Throws what `Remote.download` does.
 */
export async function withRemotePicture<T>(
  url: string | undefined,
  { dataDir, settings }: Console,
  use: (file: string | null) => Promise<T>,
): Promise<T> {
  if (url === undefined) return use(null);
  const { http, limits } = settings;
  // Half of the time that the answer has: it is searched afterwards.
  const { download } = createRemote({
    enabled: http.fetchUrls,
    maxBytes: limits.maxBytes,
    timeoutMs: http.requestMs / 2,
  });
  const folder = join(dataDir.root, 'queries');
  const file = join(folder, randomUUID());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await download(url, file);
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}
