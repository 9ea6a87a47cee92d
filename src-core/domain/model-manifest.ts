import { z } from 'zod';

/** Unique and stable: it is written into every point. */
export const modelId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/);

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const onnxFile = z.string().regex(/^[\w.-]+\.onnx$/);

/** Manifests lie in the same folder, and end in `.json` too. */
export const TOKENIZER_SUFFIX = '.tokenizer.json';
const tokenizerFile = z.string().regex(/^[\w.-]+\.tokenizer\.json$/);

/** Where it is known. */
const bytes = z.number().int().positive().exactOptional();

const size = z.number().int().min(16).max(1024);
const channels = z.tuple([z.number(), z.number(), z.number()]);

const input = z.discriminatedUnion('layout', [
  /** uint8 [N, size, size, 3], sRGB, straight from the decoder; normalisation is in the graph. */
  z.strictObject({ name: z.string(), size, layout: z.literal('uint8-nhwc') }),
  /** float32 [N, 3, size, size]: (value / 255 − mean) / std of each channel, as most published models take them. */
  z.strictObject({
    name: z.string(),
    size,
    layout: z.literal('float32-nchw'),
    mean: channels,
    std: channels.refine((std) => std.every((value) => value > 0), 'must be above 0'),
  }),
]);

/** What turns a text into a vector that is near to those of pictures that show it. */
const textSide = z.strictObject({
  /** Beside the manifest, as all files are. */
  file: onnxFile,
  sha256,
  bytes,
  /** As the `tokenizers` library writes it. */
  tokenizer: z.strictObject({ file: tokenizerFile, sha256, bytes }),
  input: z.strictObject({
    /** int64 [N, tokens]. */
    name: z.string(),
    /** Most tokens of a text; those in the middle of a longer one are left out, the last, which ends it, stays. */
    tokens: z.number().int().min(2).max(4096),
    /** Id of the token that a shorter one is filled up with; null where it may be shorter. */
    pad: z.number().int().nonnegative().nullable(),
    /** It was trained with small letters only. */
    lowercase: z.boolean(),
  }),
  output: z.strictObject({
    /** float32 [N, dimension], of any length. */
    name: z.string(),
  }),
});

/** `resources/models/*.json`: everything needed to run a model that turns a picture into a vector. */
export const modelManifest = z.strictObject({
  id: modelId,
  file: onnxFile,
  sha256,
  bytes,
  input,
  output: z.strictObject({
    name: z.string(),
    /** float32 [N, dimension]; of unit length where the input is uint8. */
    dimension: z.number().int().min(2).max(4096),
  }),
  preprocessing: z.strictObject({
    fit: z.enum(['fill', 'cover', 'contain']),
    background: z.string(),
  }),
  text: textSide.exactOptional(),
  license: z.string(),
  source: z.string(),
});
export type ModelManifest = z.infer<typeof modelManifest>;
export type TextSide = NonNullable<ModelManifest['text']>;

/** A file of a model. */
export interface ModelFile {
  /** Its name, beside the manifest. */
  file: string;
  sha256: string;
}

/** All that a model is run from. */
export function filesOf({ file, sha256, text }: ModelManifest): ModelFile[] {
  return [{ file, sha256 }, ...(text ? [{ file: text.file, sha256: text.sha256 }, text.tokenizer] : [])];
}
