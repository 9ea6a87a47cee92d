import { toAppError } from '../domain/app-error.ts';
import type { DuePicture, Embedded, ReEmbedAnswer } from '../domain/re-embedding.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { Successions } from '../ports/successions.ts';
import type { ImageRecord } from '../domain/image-record.ts';

/** What turns files into vectors of the model that the catalog goes over to. */
interface Eye {
  embedder: Embedder;
  pictures: Pictures;
}

export type PlaceOf = (record: Pick<ImageRecord, 'path' | 'canonicalName'>) => string;

/**
 * One step of a catalog's way to another model: one inference. A picture that cannot be read or decoded is noted, and stays
 * with the old vectors. Throws NOT_FOUND where none has begun, EMBED_FAILED, and what the store throws.
 */
export async function reEmbedSome(
  successions: Successions,
  catalogId: string,
  limit: number,
  { embedder, pictures }: Eye,
  placeOf: PlaceOf,
): Promise<ReEmbedAnswer> {
  const due = await successions.due(catalogId, limit);
  const { input, output } = embedder.model;
  const each = input.size * input.size * 3;
  const pixels = new Uint8Array(due.length * each);
  const failed: Embedded[] = [];
  const decoded: DuePicture[] = [];
  // One after another: the process that does this answers searches too, and must not hold several large pictures at a time.
  for (const picture of due) {
    const { imageId } = picture.record;
    try {
      const { bytes } = await pictures.read(placeOf(picture.record), null);
      pixels.set((await pictures.decode(bytes)).pixels, decoded.length * each);
      decoded.push(picture);
    } catch (error) {
      const { code, message } = toAppError(error);
      failed.push({ imageId, mark: picture.mark, code, message });
    }
  }
  const count = decoded.length;
  const vectors = count > 0 ? await embedder.embed(pixels.subarray(0, count * each), count) : new Float32Array();
  const embedded = decoded.map(({ record: { imageId }, mark }, i) => {
    const vector = vectors.slice(i * output.dimension, (i + 1) * output.dimension);
    return { imageId, mark, vector };
  });
  await successions.settle(catalogId, [...embedded, ...failed]);
  return { embedded: count, failed: failed.length, due: due.length > 0 };
}
