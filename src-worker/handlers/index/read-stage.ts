import type { IndexPayload } from '../../../src-core/domain/index-task.ts';
import type { PictureFile } from '../../../src-core/ports/pictures.ts';
import { createBudget } from '../../budget.ts';
import type { HandlerTools, Job } from '../../handler.ts';

/** Bytes of files that are being read or wait to be decoded: ten or more 12-megapixel JPEGs. */
const BYTES_AHEAD = 64 * 1024 * 1024;

/**
 * Reads files ahead of the decoder. A file's size is known only once it is open, so the largest of late is set aside
 * for each; the first few are taken to be large.
 */
export function createReadStage({ pictures, stages, now }: HandlerTools) {
  const ahead = createBudget(BYTES_AHEAD);
  let expected = BYTES_AHEAD / 4;

  return {
    /** The file counts against the budget until it is forgotten. Throws as `Pictures.read` and `Job.begin` do. */
    async run(job: Job, { path, root }: IndexPayload): Promise<PictureFile> {
      const reserved = expected;
      stages.waiting('read', +1);
      await ahead.take(reserved);
      stages.waiting('read', -1);
      stages.working('read', +1);
      const from = now();
      let size = 0;
      try {
        job.begin();
        const file = await pictures.read(path, root);
        size = file.bytes.length;
        expected = Math.max(size, expected * 0.9);
        return file;
      } finally {
        ahead.give(reserved - size); // below zero where it was larger than expected
        job.timings.read = now() - from;
        stages.working('read', -1);
        stages.finished('read', 1);
      }
    },
    forget: (file: PictureFile): void => ahead.give(file.bytes.length),
  };
}
