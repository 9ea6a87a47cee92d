import { z } from 'zod';

/** What a producer says of a picture, beside its path: from a manifest line or an API call. */
export const pictureFacts = z.object({
  productId: z.string().max(500).optional(),
  name: z.string().max(2_000).optional(),
  description: z.string().max(20_000).optional(),
  /** Unknown columns and fields. Values are JSON. */
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type PictureFacts = z.infer<typeof pictureFacts>;

/** What a manifest line says: null is a column that it leaves empty, which takes away what was said there before. */
export const saidFacts = pictureFacts.extend({
  productId: pictureFacts.shape.productId.nullable(),
  name: pictureFacts.shape.name.nullable(),
  description: pictureFacts.shape.description.nullable(),
  metadata: pictureFacts.shape.metadata.nullable(),
});
export type SaidFacts = z.infer<typeof saidFacts>;

const FACTS = ['productId', 'name', 'description', 'metadata'] as const satisfies (keyof PictureFacts)[];

/** The producer's own fields of a record. */
export function factsOf(record: PictureFacts): PictureFacts {
  return Object.fromEntries(FACTS.flatMap((field) => (record[field] === undefined ? [] : [[field, record[field]]])));
}

/** What holds of a picture when this is said of it; what is not spoken of stays. */
export function factsAfter(before: PictureFacts, said: SaidFacts = {}): PictureFacts {
  const all = Object.entries({ ...factsOf(before), ...said });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as PictureFacts;
}

export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff', 'svg', 'heic'] as const;
export const imageFormat = z.enum(IMAGE_FORMATS);
export type ImageFormat = z.infer<typeof imageFormat>;

/** The record of one indexed picture: the payload of its point. Sizes in bytes and pixels, times in ms since the epoch. */
export const imageRecord = pictureFacts.extend({
  imageId: z.uuid(),
  /** Canonical name (design.md §3): the absolute path as the producer named it, `/` between parts, NFC. */
  canonicalName: z.string(),
  /** The path as this machine opens it. */
  path: z.string(),
  fileName: z.string(),
  sourceId: z.string().nullable(),
  importId: z.string().nullable(),
  /** What the picture says of itself (IPTC or XMP, its sidecar's first), apart from the producer's facts. */
  title: z.string().nullable().default(null),
  caption: z.string().nullable().default(null),
  keywords: z.array(z.string()),
  /** As displayed, after EXIF orientation. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  format: imageFormat,
  bytes: z.number().int().nonnegative(),
  mtimeMs: z.number(),
  /** SHA-256 of the file's bytes, lower-case hex. */
  contentHash: z.string(),
  /** 64-bit DCT perceptual hash, 16 hex digits as text (a 64-bit integer does not fit a JS number). */
  perceptualHash: z.string(),
  /** ThumbHash, base64: a blurred placeholder of ~25 bytes. */
  thumbhash: z.string(),
  /** EXIF DateTimeOriginal; without a zone it is read as UTC. */
  capturedAt: z.number().nullable(),
  model: z.string(),
  indexedAt: z.number(),
  /** Number of the claim that wrote it: a write never replaces a newer one. */
  version: z.number().int(),
  /** Since when its file is gone; null while it is there. */
  missingSince: z.number().nullable(),
});
export type ImageRecord = z.infer<typeof imageRecord>;
