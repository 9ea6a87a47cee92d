import { isBackendTrouble, toAppError } from '../../../src-core/domain/app-error.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import { createBatcher } from '../../batcher.ts';
import type { HandlerTools, Job } from '../../handler.ts';

/** Only the end of a task waits for this, and each write is a transaction: large pictures come one by one. */
const UPSERT_WAIT_MS = 200;

export interface BytesOf {
  catalogId: string;
  contentHash: string;
  /** Of the picture whose bytes these are. */
  imageId: string;
}

export interface ToUpsert {
  job: Job;
  image: StoredImage;
}

/** What the index pipeline asks of the store and writes to it, in batches. */
export function createStoreStages({ settings, store, embedder, stages, now }: HandlerTools) {
  const { upsertSize } = settings.batch;
  const model = embedder.model.id;

  /** The picture's own record goes before that of another with the same bytes: then it is known to be unchanged. */
  async function find(items: BytesOf[]): Promise<(StoredImage | null)[]> {
    const found = new Map<BytesOf, StoredImage>();
    for (const [catalogId, group] of Map.groupBy(items, (item) => item.catalogId)) {
      const ids = group.map(({ imageId }) => imageId);
      const own = new Map((await store.get(catalogId, ids)).map((image) => [image.record.imageId, image]));
      const isOwn = ({ imageId, contentHash }: BytesOf): boolean => {
        const record = own.get(imageId)?.record;
        return record?.contentHash === contentHash && record.model === model;
      };
      const others = group.filter((item) => !isOwn(item));
      const hashes = [...new Set(others.map(({ contentHash }) => contentHash))];
      const images = hashes.length > 0 ? await store.findByHash(catalogId, hashes, model) : [];
      const byHash = new Map(images.map((image) => [image.record.contentHash, image]));
      for (const item of group) {
        const image = isOwn(item) ? own.get(item.imageId) : byHash.get(item.contentHash);
        if (image) found.set(item, image);
      }
    }
    return items.map((item) => found.get(item) ?? null);
  }

  /** Answers for each whether it was written. */
  async function write(items: ToUpsert[]): Promise<boolean[]> {
    stages.working('upsert', +1);
    const from = now();
    const written = new Set<ToUpsert>();
    try {
      // Between claim and now this process may have been frozen: what is no longer its own is not written.
      const mine = items.filter(({ job }) => job.held);
      for (const [catalogId, group] of Map.groupBy(mine, ({ job }) => job.task.catalogId)) {
        const images = group.map(({ image }) => image);
        const fenced = new Set((await store.upsert(catalogId, images)).fenced);
        for (const item of group) if (!fenced.has(item.image.record.imageId)) written.add(item);
      }
      return items.map((item) => written.has(item));
    } finally {
      for (const { job } of items) job.took('upsert', from, items.length);
      stages.working('upsert', -1);
      stages.finished('upsert', written.size);
    }
  }

  const knownBytes = createBatcher({ size: upsertSize, waitMs: 0, run: find, isolate });
  const upserts = createBatcher({ size: upsertSize, waitMs: UPSERT_WAIT_MS, run: write, isolate });
  return { knownBytes, upserts };
}

/** What the store refuses may be refused for one picture’s sake; a store that is down refuses all alike. */
function isolate(error: unknown): boolean {
  return !isBackendTrouble(toAppError(error));
}
