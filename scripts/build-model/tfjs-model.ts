import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';

const text = z.base64().transform((encoded) => Buffer.from(encoded, 'base64').toString());
const integers = z.strictObject({ list: z.strictObject({ i: z.array(z.coerce.number().int()) }) });

const node = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string().transform((name) => name.replace(/:0$/, ''))).default([]),
  attr: z
    .object({
      strides: integers.optional(),
      dilations: integers.optional(),
      padding: z.object({ s: text }).optional(),
      fused_ops: z.object({ list: z.object({ s: z.array(text) }) }).optional(),
    })
    .default({}),
});
export type TfNode = z.infer<typeof node>;

const weightSpec = z.object({
  name: z.string(),
  shape: z.array(z.number().int()),
  /** value = min + scale × byte */
  quantization: z.object({ min: z.number(), scale: z.number(), dtype: z.literal('uint8') }),
});

const modelFile = z.object({
  format: z.literal('graph-model'),
  modelTopology: z.object({ node: z.array(node) }),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSpec) })),
});

export interface Weight {
  shape: readonly number[];
  bytes: Uint8Array;
  min: number;
  scale: number;
}

export interface TfjsModel {
  nodes: ReadonlyMap<string, TfNode>;
  weights: ReadonlyMap<string, Weight>;
}

/** Reads a TensorFlow.js graph model with uint8 weights, as nsfwjs ships them: each part wrapped in a UMD script. */
export async function readTfjsModel(folder: string): Promise<TfjsModel> {
  const { modelTopology, weightsManifest } = modelFile.parse(await unwrap(join(folder, 'model.min.js')));
  const weights = new Map<string, Weight>();
  for (const { paths, weights: specs } of weightsManifest) {
    const shards = await Promise.all(paths.map((path) => unwrap(join(folder, `${path}.min.js`))));
    const data = Buffer.concat(shards.map((shard) => Buffer.from(z.base64().parse(shard), 'base64')));
    let at = 0;
    for (const { name, shape, quantization } of specs) {
      const size = shape.reduce((product, length) => product * length, 1);
      weights.set(name, { shape, bytes: data.subarray(at, at + size), ...quantization });
      at += size;
    }
    if (at !== data.length) throw new Error(`the weights take ${at} bytes, the shards have ${data.length}`);
  }
  return { nodes: new Map(modelTopology.node.map((one) => [one.name, one])), weights };
}

/** The script's `module.exports`; it sees nothing of this process. */
async function unwrap(file: string): Promise<unknown> {
  const module = { exports: {} as unknown };
  runInNewContext(await readFile(file, 'utf8'), { module, exports: module.exports }, { filename: file });
  return module.exports;
}

/** Float32 values of a weight. */
export function toFloats({ bytes, min, scale }: Weight): Float32Array {
  return Float32Array.from(bytes, (byte) => byte * scale + min);
}
