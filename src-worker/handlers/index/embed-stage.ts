import { type Batcher, createBatcher } from '../../batcher.ts';
import type { HandlerTools, Job } from '../../handler.ts';

export interface ToEmbed {
  job: Job;
  /** uint8 [size, size, 3]. */
  pixels: Uint8Array;
}

/** Runs the model on batches, one at a time, in one buffer that is used again and again. */
export function createEmbedStage({ settings, embedder, stages, now }: HandlerTools): Batcher<ToEmbed, Float32Array> {
  const { size, waitMs } = settings.batch;
  const { input, output } = embedder.model;
  const bytesEach = input.size * input.size * 3;
  const tensor = new Uint8Array(size * bytesEach);

  async function run(items: ToEmbed[]): Promise<Float32Array[]> {
    for (const [index, { pixels }] of items.entries()) tensor.set(pixels, index * bytesEach);
    stages.working('embed', +1);
    const from = now();
    try {
      const vectors = await embedder.embed(tensor.subarray(0, items.length * bytesEach), items.length);
      return items.map((_, index) => vectors.slice(index * output.dimension, (index + 1) * output.dimension));
    } finally {
      for (const { job } of items) job.took('embed', from, items.length);
      stages.working('embed', -1);
      stages.finished('embed', items.length);
    }
  }

  return createBatcher({ size, waitMs, run, isolate: () => true });
}
