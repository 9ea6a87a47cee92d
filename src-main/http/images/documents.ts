import type { ImageDocument } from '../../../src-core/contract/images.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { pictureDocument } from '../../documents.ts';
import { isoTime } from '../documents.ts';

export function imageDocument({ record, catalog }: { record: ImageRecord; catalog: Catalog }): ImageDocument {
  return {
    ...pictureDocument(record),
    catalog: catalog.name,
    catalog_id: catalog.id,
    file_name: record.fileName,
    canonical_name: record.canonicalName,
    source_id: record.sourceId,
    import_id: record.importId,
    content_hash: record.contentHash,
    perceptual_hash: record.perceptualHash,
    thumbhash: record.thumbhash,
    model: record.model,
    modified_at: isoTime(Math.trunc(record.mtimeMs)),
    indexed_at: isoTime(record.indexedAt),
  };
}
