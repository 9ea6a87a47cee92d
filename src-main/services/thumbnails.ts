import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Small pictures on disk, by the bytes that they were made from. What was not asked for longest goes when all together
 * are larger than `maxBytes`; a file of the cache may be removed by anybody at any time.
 */
export interface ThumbnailCache {
  /** The WebP of these bytes, if it is there. `contentHash`: SHA-256 in hex; `edge` in pixels. */
  find(contentHash: string, edge: number): Promise<Uint8Array | null>;
  /** Keeps it. A disk that is full or read-only costs nothing but the cache. */
  keep(contentHash: string, edge: number, webp: Uint8Array): Promise<void>;
}

/** After a trim so much is left: not every new one is to look at all the others. */
const LEFT = 0.9;

export function createThumbnailCache({ folder, maxBytes }: { folder: string; maxBytes: number }): ThumbnailCache {
  const fileOf = (hash: string, edge: number): string => join(folder, hash.slice(0, 2), `${hash}-${edge}.webp`);
  let total: number | undefined;
  let trimming: Promise<void> | undefined;

  /** Oldest first. */
  async function all(): Promise<{ path: string; bytes: number; usedMs: number }[]> {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        const stats = await stat(path).catch(() => null); // another process may trim too
        return stats?.isFile() ? [{ path, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
      }),
    );
    return files.flat().toSorted((a, b) => a.usedMs - b.usedMs);
  }

  async function trim(): Promise<void> {
    const files = await all();
    total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= maxBytes) return;
    for (const { path, bytes } of files) {
      if (total <= maxBytes * LEFT) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }

  return {
    async find(contentHash, edge) {
      const file = fileOf(contentHash, edge);
      try {
        const webp = await readFile(file);
        const now = new Date();
        await utimes(file, now, now).catch(() => {}); // trimmed meanwhile, or read-only
        return webp;
      } catch {
        return null;
      }
    },

    async keep(contentHash, edge, webp) {
      const file = fileOf(contentHash, edge);
      const made = `${file}.${randomUUID()}`;
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeFile(made, webp, { mode: 0o600 });
        await rename(made, file);
      } catch {
        await rm(made, { force: true }).catch(() => {});
        return;
      }
      if (total !== undefined) total += webp.byteLength;
      if (total !== undefined && total <= maxBytes) return;
      trimming ??= trim().finally(() => (trimming = undefined));
      await trimming;
    },
  };
}
