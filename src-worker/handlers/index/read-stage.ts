import { AppError } from '../../../src-core/domain/app-error.ts';
import type { IndexPayload } from '../../../src-core/domain/index-task.ts';
import type { PictureFile } from '../../../src-core/ports/pictures.ts';
import { createBudget } from '../../budget.ts';
import type { HandlerTools, Job } from '../../handler.ts';
import { createLocate } from './locate.ts';

/** Bytes of files that are being read or wait to be decoded: ten or more 12-megapixel JPEGs. */
const BYTES_AHEAD = 64 * 1024 * 1024;

/**
 * Reads files ahead of the decoder. A file's size is known only once it is open, so the largest of late is set aside
 * for each; the first few are taken to be large.
 */
export function createReadStage({ pictures, settings, machine, stages, now }: HandlerTools) {
  const locate = createLocate(settings.paths, machine);
  const ahead = createBudget(BYTES_AHEAD);
  let expected = BYTES_AHEAD / 4;

  return {
    /** The file counts against the budget until it is forgotten. Throws as `Pictures.read` and `Job.begin` do. */
    async run(job: Job, payload: IndexPayload): Promise<PictureFile> {
      const reserved = expected;
      stages.waiting('read', +1);
      await ahead.take(reserved);
      stages.waiting('read', -1);
      stages.working('read', +1);
      const from = now();
      let size = 0;
      try {
        job.begin();
        const { path, root } = await locate(payload);
        const file = await pictures.read(path, root).catch((error: unknown) => {
          throw root === null ? unseen(error) : error;
        });
        size = file.bytes.length;
        expected = Math.max(size, expected * 0.9);
        return file;
      } finally {
        ahead.give(reserved - size); // below zero where it was larger than expected
        job.took('read', from);
        stages.working('read', -1);
        stages.finished('read', 1);
      }
    },
    forget: (file: PictureFile): void => ahead.give(file.bytes.length),
  };
}

/** Of a file without a root nobody knows whether it is gone or on another machine: another worker may see it. */
function unseen(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'FILE_NOT_FOUND') return error;
  return new AppError('SOURCE_UNAVAILABLE', error.message, { cause: error });
}
