import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import { openQueue, openStore } from '../../../src-core/open-backends.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { toTask } from './rig.ts';

/** A data dir with tasks for small pictures of these names, each with colours of its own. */
export async function openWork(pictures: string[]) {
  const folder = await tempDir();
  const dataDir = await openDataDir(join(folder, 'data'));
  const settings = settingsSchema.parse({});
  const queue = await openQueue(settings, dataDir);
  const store = await openStore(settings, dataDir);
  onTestFinished(async () => {
    await queue.close();
    await store.close();
  });
  const catalog = await store.ensureCatalog({ name: 'test', model: 'default-160', dimension: 256 });
  for (const [index, name] of pictures.entries()) {
    const pixels = Uint8Array.from(
      { length: 8 * 8 * 3 },
      (_, i) => (Math.imul(i + 1 + index * 997, 2_654_435_761) >>> 16) & 255,
    );
    const picture = sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } }).resize(64, 48, { fit: 'fill' });
    await writeFile(join(folder, name), await picture.png().toBuffer());
  }
  await queue.enqueue(pictures.map((name) => toTask(catalog.id, join(folder, name))));
  const counts = async () => (await queue.stats()).counts;
  return { folder, dataDir: dataDir.root, queue, store, catalogId: catalog.id, counts };
}

export const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}.png`);
