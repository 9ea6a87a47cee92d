import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { indexPayload, type IndexPayload, type IndexResult } from '../../../src-core/domain/index-task.ts';
import type { PictureTexts } from '../../../src-core/domain/picture-texts.ts';
import type { DecodedPicture } from '../../../src-core/ports/pictures.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import type { Handler, HandlerTools, Job } from '../../handler.ts';
import { createDecodeStage } from './decode-stage.ts';
import { createEmbedStage } from './embed-stage.ts';
import { createReadStage } from './read-stage.ts';
import { changesWords, patchOf, toRecord, type FileFacts } from './record.ts';
import { createStoreStages } from './store-stages.ts';

/** A stored record may hold its sidecar's texts: the picture's own are read again. */
type Prepared = FileFacts & ({ stored: StoredImage; texts: PictureTexts } | { decoded: DecodedPicture });

/**
 * read → (same bytes known?) → decode → embed in batches → upsert in batches. One async function per picture runs
 * through all stages; each stage bounds what is in it, and the run loop bounds how many pictures there are at all.
 */
export function createIndexHandler(tools: HandlerTools): Handler {
  const { store, embedder, pictures } = tools;
  const model = embedder.model.id;
  const read = createReadStage(tools);
  const decode = createDecodeStage(tools);
  const embeds = createEmbedStage(tools);
  const { knownBytes, upserts } = createStoreStages(tools);

  /** Answers without the file's bytes, so that a picture that waits for the model no longer holds them. */
  async function prepare(job: Job, payload: IndexPayload): Promise<Prepared> {
    const file = await read.run(job, payload);
    try {
      const { contentHash, mtimeMs } = file;
      const facts = { contentHash, mtimeMs, bytes: file.bytes.length };
      const stored = await knownBytes.add({ catalogId: job.task.catalogId, contentHash, imageId: payload.imageId });
      if (stored) return { ...facts, stored, texts: await pictures.describe(file.bytes) };
      return { ...facts, decoded: await decode.run(job, file.bytes) };
    } finally {
      read.forget(file);
    }
  }

  async function index(job: Job, payload: IndexPayload): Promise<IndexResult> {
    const toEmbed = embeds.announce();
    const toUpsert = upserts.announce();
    try {
      const prepared = await prepare(job, payload);
      const { contentHash, bytes, mtimeMs } = prepared;
      const file = { contentHash, bytes, mtimeMs };
      const result = { imageId: payload.imageId, ...file };

      if ('stored' in prepared && prepared.stored.record.imageId === payload.imageId) {
        const patch = patchOf(prepared.stored.record, payload, file, prepared.texts);
        job.assertHeld();
        if (patch) await store.setPayload(job.task.catalogId, [{ imageIds: [payload.imageId], patch }]);
        // An earlier run of this very task wrote it and died before it could say so: to its import the picture is new.
        const isOwnWork = job.task.importId !== null && prepared.stored.record.importId === job.task.importId;
        if (isOwnWork) return { ...result, how: 'reused' };
        return { ...result, how: patch && changesWords(patch) ? 'updated' : 'unchanged' };
      }
      const reused = 'stored' in prepared;
      if (reused) toEmbed.leave();
      const vector = reused ? prepared.stored.vector : await toEmbed.add({ job, pixels: prepared.decoded.pixels });
      const looks = reused ? { ...prepared.stored.record, ...prepared.texts } : prepared.decoded;
      const record = toRecord(job.task, payload, file, looks, model);
      const written = await toUpsert.add({ job, image: { record, vector } });
      if (!written) throw new AppError('LEASE_LOST', `task ${job.task.id} has a newer writer`);
      return { ...result, how: reused ? 'reused' : 'embedded' };
    } finally {
      toEmbed.leave();
      toUpsert.leave();
    }
  }

  return {
    run: (job) => index(job, parseOrThrow(indexPayload, job.task.payload, `task ${job.task.id}`)),
    close: () => decode.close(),
  };
}
