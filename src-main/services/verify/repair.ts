import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import type { RecordPatch } from '../../../src-core/ports/vector-store.ts';
import { reconcile } from '../imports/settle.ts';
import { mapBounded } from './bounded.ts';
import { READS, type Context } from './context.ts';
import type { Difference } from './difference.ts';
import { hashFile } from './hash-file.ts';

/** What mends the differences of one picture or line; all of it may be done twice. */
export interface Repair {
  /** Known row as it should be. */
  remember?: KnownFile;
  /** Name of a known row that speaks of neither a file nor a record. */
  forget?: string;
  /** Changes of the record under this id. */
  patch?: { imageId: string; patch: RecordPatch };
  /** The record under `from` goes on as this one, vector and all. */
  rewrite?: { from: string; record: ImageRecord };
  /** The file's size is not the record's: where its bytes are, only the size was wrong, and no worker would mend it. */
  resize?: { record: ImageRecord; path: string; bytes: number };
  /** Source that has to be imported. */
  importOf?: string;
  /** Line whose task is done: it gets that outcome; or is unknown: it is cancelled. */
  line?: { importId: string; name: string; taskIsDone: boolean };
}

export interface Finding {
  differences: Difference[];
  repair: Repair;
}

/** A known row with no model: the next import reads its file again, and keeps what was said of the picture. */
export const UNREAD = '';

export async function applyRepairs(context: Context, repairs: readonly Repair[]): Promise<void> {
  const { log, store, catalog } = context;
  const resized = await mapBounded(repairs, READS, (repair) => resizedRecord(context, repair));
  const rewrites = [
    ...repairs.flatMap(({ rewrite }) => rewrite ?? []),
    ...resized.flatMap((record) => (record ? [{ from: record.imageId, record }] : [])),
  ];
  await rewriteRecords(context, rewrites);

  const patches = repairs.flatMap(({ patch }) => (patch ? [{ imageIds: [patch.imageId], patch: patch.patch }] : []));
  if (patches.length > 0) await store.setPayload(catalog.id, patches);
  const remembered = repairs.flatMap(({ remember }) => remember ?? []);
  if (remembered.length > 0) await log.remember(catalog.id, remembered);
  const forgotten = repairs.flatMap(({ forget }) => forget ?? []);
  if (forgotten.length > 0) await log.forget(catalog.id, forgotten);

  const lines = Map.groupBy(
    repairs.flatMap(({ line }) => line ?? []),
    ({ importId }) => importId,
  );
  for (const [importId, ofImport] of lines) {
    if (ofImport.some(({ taskIsDone }) => taskIsDone)) await reconcile(context, importId, ['open']);
    const lost = ofImport.filter(({ taskIsDone }) => !taskIsDone);
    await log.record(
      importId,
      lost.map(({ name }) => ({ name, outcome: 'cancelled' })),
    );
  }
}

async function resizedRecord({ signal }: Context, { resize }: Repair): Promise<ImageRecord | null> {
  if (!resize || (await hashFile(resize.path, signal)) !== resize.record.contentHash) return null;
  return { ...resize.record, bytes: resize.bytes };
}

async function rewriteRecords(
  { store, catalog }: Context,
  rewrites: readonly { from: string; record: ImageRecord }[],
): Promise<void> {
  if (rewrites.length === 0) return;
  const images = await store.get(
    catalog.id,
    rewrites.map(({ from }) => from),
  );
  const vectors = new Map(images.map(({ record, vector }) => [record.imageId, vector]));
  const kept = rewrites.flatMap(({ from, record }) => {
    const vector = vectors.get(from);
    return vector ? [{ from, image: { record, vector } }] : [];
  });
  await store.upsert(
    catalog.id,
    kept.map(({ image }) => image),
  );
  const left = kept.filter(({ from, image }) => from !== image.record.imageId).map(({ from }) => from);
  if (left.length > 0) await store.delete(catalog.id, { imageIds: left });
}
