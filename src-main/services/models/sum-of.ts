import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileSum } from '../../../src-core/domain/model-offer.ts';

/** Read in pieces: there are models of a gigabyte. Throws what the file system says. */
export async function sumOf(path: string): Promise<FileSum> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
