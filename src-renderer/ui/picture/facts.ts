import type { ImageDocument } from '../../../src-core/contract/images.ts';
import { formatBytes, formatCount, formatExact } from '../../lib/format.ts';
import { PICTURE } from '../../texts/picture.ts';

const texts = PICTURE.facts;

export interface PictureFact {
  name: string;
  /** As people read it; null: the record does not say. */
  text: string | null;
  /** What of it can be copied. */
  copy?: string;
}

/** What the record of a picture says, in the order in which people ask. */
export function factsOf(image: ImageDocument): PictureFact[] {
  return [
    { name: texts.path, text: image.path, copy: image.path },
    { name: texts.product_id, text: image.product_id, ...(image.product_id && { copy: image.product_id }) },
    { name: texts.name, text: image.name },
    { name: texts.description, text: image.description },
    { name: texts.title, text: image.title },
    { name: texts.caption, text: image.caption },
    { name: texts.keywords, text: image.keywords.length > 0 ? image.keywords.join(', ') : null },
    { name: texts.dimensions, text: PICTURE.pixels(formatCount(image.width), formatCount(image.height)) },
    { name: texts.format, text: image.format },
    { name: texts.bytes, text: formatBytes(image.bytes) },
    { name: texts.captured_at, text: time(image.captured_at) },
    { name: texts.modified_at, text: time(image.modified_at) },
    { name: texts.indexed_at, text: time(image.indexed_at) },
    { name: texts.missing_since, text: time(image.missing_since) },
    { name: texts.catalog, text: image.catalog },
    { name: texts.model, text: image.model },
    { name: texts.image_id, text: image.image_id, copy: image.image_id },
    { name: texts.content_hash, text: image.content_hash, copy: image.content_hash },
    { name: texts.perceptual_hash, text: image.perceptual_hash },
    ...Object.entries(image.metadata).map(([key, value]) => ({
      name: key,
      text: typeof value === 'string' ? value : JSON.stringify(value),
    })),
  ];
}

function time(at: string | null): string | null {
  return at === null ? null : formatExact(Date.parse(at));
}
