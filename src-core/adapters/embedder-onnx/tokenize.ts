import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { AppError } from '../../domain/app-error.ts';
import type { TextSide } from '../../domain/model-manifest.ts';

/** Token ids of a text, as many as the model takes. Throws MODEL_INVALID for a file that is no tokenizer. */
export async function openTokenizer(
  path: string,
  modelId: string,
  { tokens: most, pad, lowercase }: TextSide['input'],
): Promise<(text: string) => number[]> {
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(JSON.parse(await readFile(path, 'utf8')) as object, {});
  } catch (error) {
    throw new AppError('MODEL_INVALID', `model "${modelId}": ${path}: ${(error as Error).message}`, { cause: error });
  }
  return (text) => {
    const ids: number[] = tokenizer.encode(lowercase ? text.toLowerCase() : text).ids;
    if (ids.length > most) return [...ids.slice(0, most - 1), ids.at(-1)!];
    return pad === null ? ids : [...ids, ...Array<number>(most - ids.length).fill(pad)];
  };
}
