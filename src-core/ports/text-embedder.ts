/** Turns a text into a vector that is near to those of the pictures that show what it says. */
export interface TextEmbedder {
  /** float32 [dimension], of unit length. Blocks its thread while the model runs. Throws EMBED_FAILED. */
  embed(text: string): Promise<Float32Array>;
  close(): Promise<void>;
}
