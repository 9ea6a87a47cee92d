import type { Catalog } from '../../src-core/domain/catalog.ts';
import { imageIdOf } from '../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';

/** Picture n of a catalog: 200 in a folder, of product P(n mod 100), 1 + n mod 100 pixels wide. */
export function recordOf({ id, model }: Catalog, n: number): ImageRecord {
  const folder = `/pictures/${String(Math.floor(n / 200)).padStart(6, '0')}`;
  return { ...plainRecord({ id, model }, n, folder, `IMG_${n}.jpg`), productId: `P${n % 100}` };
}

/** A record without texts. */
export function plainRecord(
  { id, model }: Pick<Catalog, 'id' | 'model'>,
  n: number,
  folder: string,
  fileName: string,
): ImageRecord {
  const path = `${folder}/${fileName}`;
  const imageId = imageIdOf(id, path);
  return {
    imageId,
    canonicalName: path,
    path,
    fileName,
    sourceId: id,
    importId: id,
    title: null,
    caption: null,
    keywords: [],
    width: 1 + (n % 100),
    height: 3_000,
    format: 'jpeg',
    bytes: 3_000_000 + n,
    mtimeMs: 1_700_000_000_000 + n,
    contentHash: imageId.replaceAll('-', '').repeat(2),
    perceptualHash: 'f0e1d2c3b4a59687',
    thumbhash: 'HBkSHYSIeHiPiHh8eJd4eTN0EEQG',
    capturedAt: 1_600_000_000_000 + n,
    model,
    indexedAt: 1_700_000_000_000,
    version: 1,
    missingSince: null,
  };
}
