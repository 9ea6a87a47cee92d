import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../domain/app-error.ts';

/** Throws MODEL_INVALID unless the file is there and has these bytes. It is never held as a whole: there are models of a gigabyte. */
export async function checkFile(path: string, modelId: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash).catch((error: Error) => {
    throw new AppError('MODEL_INVALID', `model "${modelId}": ${error.message}`, { cause: error });
  });
  const found = hash.digest('hex');
  if (found === sha256) return;
  throw new AppError('MODEL_INVALID', `model "${modelId}": ${path} has SHA-256 ${found}, its manifest says ${sha256}`);
}
