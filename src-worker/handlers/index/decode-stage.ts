import type { DecodedPicture } from '../../../src-core/ports/pictures.ts';
import { createBudget } from '../../budget.ts';
import { createHangWatch } from '../../hang-watch.ts';
import type { HandlerTools, Job } from '../../handler.ts';

/**
 * Decodes in libuv's pool. All that the budget of megapixels allows is handed over at once: while the model blocks the
 * main thread, the pool must have enough in line to go on with.
 */
export function createDecodeStage({ settings, pictures, stages, now, threads, onHang }: HandlerTools) {
  const { megapixelsInFlight } = settings.batch;
  const inFlight = createBudget(megapixelsInFlight * 1e6);
  // A decoder ends by its own limit; one that is still there after twice that time hangs.
  const limitMs = settings.limits.decodeMs * 2;
  const hangs = createHangWatch({ threads, limitMs, everyMs: limitMs / 20, onHang });

  return {
    /** Throws as `Pictures.decode` does. */
    async run(job: Job, bytes: Uint8Array): Promise<DecodedPicture> {
      const pixels = await pictures.measure(bytes);
      stages.waiting('decode', +1);
      await inFlight.take(pixels);
      stages.waiting('decode', -1);
      stages.working('decode', +1);
      const from = now();
      try {
        job.assertHeld();
        return await hangs.watch(pictures.decode(bytes));
      } finally {
        inFlight.give(pixels);
        job.took('decode', from);
        stages.working('decode', -1);
        stages.finished('decode', 1);
      }
    },
    close: () => hangs.close(),
  };
}
