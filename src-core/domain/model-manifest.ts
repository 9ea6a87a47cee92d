import { z } from 'zod';

/** `resources/models/*.json`: everything needed to run a model that turns a picture into a vector. */
export const modelManifest = z.strictObject({
  /** Unique and stable: it is written into every point. */
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  /** Beside the manifest. */
  file: z.string().regex(/^[\w.-]+\.onnx$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  input: z.strictObject({
    name: z.string(),
    /** Pixels, square. */
    size: z.number().int().min(16).max(1024),
    /** uint8 [N, size, size, 3], sRGB, straight from the decoder; normalisation is in the graph. */
    layout: z.literal('uint8-nhwc'),
  }),
  output: z.strictObject({
    name: z.string(),
    /** float32 [N, dimension], unit length. */
    dimension: z.number().int().min(2).max(4096),
  }),
  preprocessing: z.strictObject({
    fit: z.enum(['fill', 'cover', 'contain']),
    background: z.string(),
  }),
  license: z.string(),
  source: z.string(),
});
export type ModelManifest = z.infer<typeof modelManifest>;
