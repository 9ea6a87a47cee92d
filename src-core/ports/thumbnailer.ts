/** Small pictures for people to look at. */
export interface Thumbnailer {
  /**
   * `bytes`: a whole picture file. Answers a WebP that fits into a square of `edge` pixels (16–2,048), upright, never
   * enlarged. Throws UNSUPPORTED_FORMAT, IMAGE_CORRUPT, IMAGE_TOO_LARGE, DECODE_TIMEOUT.
   */
  thumbnail(bytes: Uint8Array, edge: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
