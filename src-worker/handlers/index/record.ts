import { basename } from 'node:path/posix';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { IndexPayload } from '../../../src-core/domain/index-task.ts';
import type { PictureTexts } from '../../../src-core/domain/picture-texts.ts';
import type { ClaimedTask } from '../../../src-core/domain/task.ts';
import type { RecordPatch } from '../../../src-core/ports/vector-store.ts';

/** What was read of a picture's file. */
export interface FileFacts {
  contentHash: string;
  bytes: number;
  mtimeMs: number;
}

/** What a record says of the picture itself: from decoding it, or from the record of another one with the same bytes. */
export type PictureLooks = PictureTexts &
  Pick<ImageRecord, 'width' | 'height' | 'format' | 'capturedAt' | 'perceptualHash' | 'thumbhash'>;

export function toRecord(
  task: ClaimedTask,
  payload: IndexPayload,
  file: FileFacts,
  looks: PictureLooks,
  model: string,
): ImageRecord {
  const { root: _root, rootName: _rootName, inode: _inode, machine: _machine, ...facts } = payload;
  const { width, height, format, capturedAt, perceptualHash, thumbhash, title, caption, keywords } = looks;
  return {
    ...facts,
    ...file,
    width,
    height,
    format,
    capturedAt,
    perceptualHash,
    thumbhash,
    title,
    caption,
    keywords,
    fileName: basename(payload.canonicalName),
    importId: task.importId,
    model,
    indexedAt: Date.now(),
    version: task.version,
    missingSince: null,
  };
}

/**
 * What has to be changed in the record of an unchanged picture; null when nothing has. Facts that the task does not
 * name are left as they are: importing a folder again without its manifest takes no product id away. What the picture no
 * longer says of itself, it does not: `texts` replaces all three.
 */
export function patchOf(
  record: ImageRecord,
  payload: IndexPayload,
  file: FileFacts,
  texts: PictureTexts,
): RecordPatch | null {
  const patch: RecordPatch = {};
  if (record.mtimeMs !== file.mtimeMs) patch.mtimeMs = file.mtimeMs;
  if (record.missingSince !== null) patch.missingSince = null;
  if (texts.title !== record.title) patch.title = texts.title;
  if (texts.caption !== record.caption) patch.caption = texts.caption;
  if (JSON.stringify(texts.keywords) !== JSON.stringify(record.keywords)) patch.keywords = texts.keywords;
  const { sourceId, productId, name, description, metadata } = payload;
  if (sourceId !== null && sourceId !== record.sourceId) patch.sourceId = sourceId;
  if (productId !== undefined && productId !== record.productId) patch.productId = productId;
  if (name !== undefined && name !== record.name) patch.name = name;
  if (description !== undefined && description !== record.description) patch.description = description;
  if (metadata !== undefined && JSON.stringify(metadata) !== JSON.stringify(record.metadata)) patch.metadata = metadata;
  return Object.keys(patch).length > 0 ? patch : null;
}

/** Whether something that people see is different afterwards. */
export function changesWords({
  mtimeMs: _time,
  missingSince: _mark,
  sourceId: _source,
  ...words
}: RecordPatch): boolean {
  return Object.keys(words).length > 0;
}
