import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import { normalise } from '../../../src-core/domain/search.ts';
import { openStore } from '../../../src-core/open-backends.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { defaultModel } from '../../support/model.ts';
import { randomFrom } from '../../support/random.ts';

const BATCH = 500;

/**
 * Fills the default catalog of a data dir that no server has open with `count` records, of `files` in turn: as if there
 * were so many copies in many folders. Their vectors are random.
 */
export async function fillCatalog(dataDir: string, count: number, files: readonly string[]): Promise<void> {
  const { manifest } = await defaultModel();
  const { dimension } = manifest.output;
  const store = await openStore(settingsSchema.parse({}), await openDataDir(dataDir));
  const random = randomFrom(17);
  const looks = await Promise.all(files.map(looksOf));
  try {
    const { id } = await store.ensureCatalog({ name: DEFAULT_CATALOG, model: manifest.id, dimension });
    for (let start = 0; start < count; start += BATCH) {
      const images = Array.from({ length: Math.min(BATCH, count - start) }, (_, n): StoredImage => {
        const vector = normalise(Float32Array.from({ length: dimension }, () => random.normal()));
        return { record: recordOf(id, start + n, looks[(start + n) % looks.length]!, manifest.id), vector };
      });
      await store.upsert(id, images);
    }
  } finally {
    await store.close();
  }
}

async function looksOf(path: string) {
  const bytes = await readFile(path);
  const { width, height } = await sharp(bytes).metadata();
  const small = await sharp(bytes)
    .resize(64, 64, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const thumbhash = Buffer.from(rgbaToThumbHash(small.info.width, small.info.height, small.data)).toString('base64');
  return {
    path,
    width,
    height,
    thumbhash,
    bytes: bytes.length,
    contentHash: createHash('sha256').update(bytes).digest('hex'),
  };
}

const FORMATS = { '.png': 'png', '.webp': 'webp', '.jpg': 'jpeg' } as const;

function recordOf(
  catalogId: string,
  n: number,
  looks: Awaited<ReturnType<typeof looksOf>>,
  model: string,
): StoredImage['record'] {
  const canonicalName = `/photos/shoot-${Math.floor(n / 500)}/${String(n).padStart(6, '0')}-${basename(looks.path)}`;
  return {
    ...looks,
    imageId: imageIdOf(catalogId, canonicalName),
    canonicalName,
    fileName: basename(canonicalName),
    format: FORMATS[/\.\w+$/.exec(looks.path)![0] as keyof typeof FORMATS],
    productId: `P-${String(n % 300).padStart(3, '0')}`,
    sourceId: null,
    importId: null,
    title: null,
    caption: null,
    keywords: [],
    mtimeMs: 1_700_000_000_000 + n * 60_000,
    perceptualHash: '0'.repeat(16),
    capturedAt: n % 3 === 0 ? 1_690_000_000_000 + n * 3_600_000 : null,
    model,
    indexedAt: 1_790_000_000_000 + n,
    version: n + 1,
    missingSince: null,
  };
}
