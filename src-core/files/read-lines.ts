import { createReadStream } from 'node:fs';
import { AppError } from '../domain/app-error.ts';

/** One line of a text file, from 1, without its end; `text` is null when the line is longer than the limit. */
export interface Line {
  line: number;
  text: string | null;
}

/**
 * The lines of a UTF-8 file (a byte order mark is dropped), streamed. `node:readline` has no limit: a file without line
 * ends would be read into memory whole. Throws INVALID_MANIFEST when the file cannot be read or is UTF-16.
 */
export async function* readLines(path: string, maxChars: number, signal?: AbortSignal): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let line = 0;
  let rest: string | null = '';
  try {
    for await (const chunk of createReadStream(path, signal ? { signal } : {}) as AsyncIterable<Buffer>) {
      if (line === 0 && rest === '' && isUtf16(chunk)) {
        throw new AppError('INVALID_MANIFEST', `${path} is UTF-16; save it as UTF-8`);
      }
      const parts = decoder.decode(chunk, { stream: true }).split('\n');
      const last = parts.pop() ?? '';
      for (const part of parts) {
        yield { line: ++line, text: withinLimit(rest, part) };
        rest = '';
      }
      rest = withinLimit(rest, last);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw new AppError('INVALID_MANIFEST', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (rest !== '') yield { line: line + 1, text: rest };

  function withinLimit(start: string | null, part: string): string | null {
    if (start === null || start.length + part.length > maxChars) return null;
    return (start + part).replace(/\r$/, '');
  }
}

function isUtf16(chunk: Buffer): boolean {
  const mark = chunk.subarray(0, 2).toString('hex');
  return mark === 'fffe' || mark === 'feff';
}
