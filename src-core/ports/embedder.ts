import type { ModelManifest } from '../domain/model-manifest.ts';

/** Turns decoded pictures into vectors. */
export interface Embedder {
  readonly model: ModelManifest;
  /** E.g. "cpu"; chosen at open. */
  readonly provider: string;
  /**
   * `pixels`: uint8 [count, size, size, 3], sRGB, one buffer. Answers float32 [count, dimension], each row of unit
   * length. Blocks its thread while the model runs. Throws EMBED_FAILED.
   */
  embed(pixels: Uint8Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}
