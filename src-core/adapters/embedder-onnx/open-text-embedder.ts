import { dirname, join } from 'node:path';
import { AppError, toAppError } from '../../domain/app-error.ts';
import { normalise } from '../../domain/search.ts';
import type { TextEmbedder } from '../../ports/text-embedder.ts';
import { checkFile } from './check-file.ts';
import type { InstalledModel } from './load-model.ts';
import { ort } from './runtime.ts';
import { checkShapes, openSession } from './session.ts';
import { openTokenizer } from './tokenize.ts';

/** As most published models call it: 1 for every token that is to be looked at. Not all take it. */
const MASK = 'attention_mask';

/**
 * The text side of a model. Always on the CPU: a query is one short text. Throws MODEL_INVALID when the model has none, or
 * its files are not the manifest's (SHA-256, shapes) or do not run.
 */
export async function openTextEmbedder(
  { manifest, file }: InstalledModel,
  { threads }: { threads: number },
): Promise<TextEmbedder> {
  const { id, text: side, output } = manifest;
  if (!side) throw new AppError('MODEL_INVALID', `model "${id}" has no text side`);
  const folder = dirname(file);
  const [model, words] = [join(folder, side.file), join(folder, side.tokenizer.file)];
  await checkFile(words, id, side.tokenizer.sha256);
  await checkFile(model, id, side.sha256);
  const tokenize = await openTokenizer(words, id, side.input);
  const session = await openSession(model, 'cpu', threads).catch((error: Error) => {
    throw new AppError('MODEL_INVALID', `model "${id}": ${error.message}`, { cause: error });
  });
  try {
    checkShapes(session, id, [
      { of: 'input', name: side.input.name, type: 'int64', shape: ['N', side.input.tokens] },
      { of: 'output', name: side.output.name, type: 'float32', shape: ['N', output.dimension] },
    ]);
  } catch (error) {
    await session.release();
    throw error;
  }
  const takesMask = session.inputNames.includes(MASK);

  async function run(text: string): Promise<Float32Array> {
    const ids = BigInt64Array.from(tokenize(text), BigInt);
    const shape = [1, ids.length];
    const result = await session.run({
      [side!.input.name]: new ort.Tensor('int64', ids, shape),
      ...(takesMask && { [MASK]: new ort.Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape) }),
    });
    const vector = Float32Array.from(result[side!.output.name]?.data as Float32Array);
    if (vector.length === output.dimension) return normalise(vector);
    throw new Error(`the text side of "${id}" gives ${vector.length} numbers, not ${output.dimension}`);
  }

  let closed = false;
  return {
    async embed(text) {
      try {
        return await run(text);
      } catch (error) {
        throw toAppError(error, 'EMBED_FAILED');
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.release();
    },
  };
}
