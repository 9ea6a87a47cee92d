import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a set holds. */
export interface Tally {
  /** Whole ones. */
  files: number;
  /** Of all files, the unfinished ones too. */
  bytes: number;
  /** Files that are not whole yet. */
  open: number;
}

/** A set's folders, read once: from then on its writer counts. */
export async function measure(places: { files: string; parts: string }): Promise<Tally> {
  const whole = await sizesIn(places.files, true);
  const parts = await sizesIn(places.parts, false, (name) => !name.endsWith('.json'));
  return { files: whole.count, bytes: whole.bytes + parts.bytes, open: parts.count };
}

async function sizesIn(folder: string, deep: boolean, wanted: (name: string) => boolean = () => true) {
  let [count, bytes] = [0, 0];
  const entries = await readdir(folder, { withFileTypes: true, recursive: deep }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || !wanted(entry.name)) continue;
    const stats = await stat(join(entry.parentPath, entry.name)).catch(() => null); // deleted a moment ago
    if (!stats) continue;
    count++;
    bytes += stats.size;
  }
  return { count, bytes };
}
