import { AppError, toAppError } from '../../../src-core/domain/app-error.ts';
import type { BatchItem } from './batch.ts';

/** Of one line, in bytes: as much as a request of one task may have. */
const MOST_BYTES = 1_024 * 1_024;
const NEWLINE = 0x0a;

/**
 * The items of a stream of JSON lines, as they come; empty lines are left out. A line that is too long is an item with an
 * error, and is never held whole.
 */
export async function* jsonLines(stream: AsyncIterable<Buffer>): AsyncGenerator<BatchItem> {
  let parts: Buffer[] = [];
  let bytes = 0;

  function add(part: Buffer): void {
    bytes += part.length;
    if (bytes <= MOST_BYTES) parts.push(part);
    else parts = [];
  }

  function take(): BatchItem | null {
    const item = bytes > MOST_BYTES ? tooLong(bytes) : itemOf(Buffer.concat(parts).toString('utf8'));
    parts = [];
    bytes = 0;
    return item;
  }

  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const item = take();
      if (item) yield item;
    }
    add(chunk.subarray(start));
  }
  const last = take();
  if (last) yield last;
}

function itemOf(line: string): BatchItem | null {
  if (line.trim() === '') return null;
  try {
    return { value: JSON.parse(line) as unknown };
  } catch (error) {
    return { error: new AppError('INVALID_INPUT', `the line is no JSON: ${toAppError(error).message}`) };
  }
}

function tooLong(bytes: number): BatchItem {
  return { error: new AppError('INVALID_INPUT', `the line has ${bytes} bytes; ${MOST_BYTES} is the most`) };
}
