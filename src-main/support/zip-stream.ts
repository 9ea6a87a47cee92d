import { setImmediate as nextTurn } from 'node:timers/promises';
import { strToU8, Zip, ZipDeflate } from 'fflate';

/** Bytes that are packed at a time: a few ms, so that others are answered in between. */
const PIECE = 256 * 1_024;

/** The bytes of a zip with these texts by their names, as they are made. */
export async function* zipStream(files: Record<string, string>): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = [];
  let failed: Error | null = null;
  const zip = new Zip((error, chunk) => {
    if (error) failed = error;
    else if (chunk.length > 0) made.push(chunk);
  });
  for (const [name, text] of Object.entries(files)) {
    const entry = new ZipDeflate(name);
    zip.add(entry);
    const bytes = strToU8(text);
    for (let from = 0, last = false; !last; from += PIECE) {
      last = from + PIECE >= bytes.length;
      entry.push(bytes.subarray(from, from + PIECE), last);
      if (failed) throw failed;
      yield* made.splice(0);
      await nextTurn();
    }
  }
  zip.end();
  if (failed) throw failed;
  yield* made.splice(0);
}
