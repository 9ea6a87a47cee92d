import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../domain/app-error.ts';
import { threadEntry } from '../../files/thread-entry.ts';

/** What the thread answers. */
export type HeicReply = { width: number; height: number; rgba: ArrayBuffer } | { problem: string };

interface RawPicture {
  width: number;
  height: number;
  /** uint8 [height, width, 4], upright. */
  rgba: Uint8Array;
}

export interface HeicDecoder {
  /** Throws IMAGE_CORRUPT, DECODE_TIMEOUT. One at a time: a large one takes hundreds of MB. */
  decode(bytes: Uint8Array): Promise<RawPicture>;
  close(): Promise<void>;
}

/**
 * HEIC through libheif in WebAssembly: sharp's binaries leave HEVC out for its patents. A thread of its own, so that a
 * picture that takes too long can be stopped; it ends after `idleMs`, since WebAssembly never gives memory back. Colours
 * are taken as sRGB: raw pixels cannot carry the file's profile into sharp (Display P3 comes out a little paler).
 */
export function createHeicDecoder(decodeMs: number, idleMs = 5_000): HeicDecoder {
  let thread: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const ending = thread;
    thread = null;
    await ending?.terminate();
  }

  async function decodeNow(bytes: Uint8Array): Promise<RawPicture> {
    clearTimeout(idle);
    thread ??= new Worker(threadEntry('heic-thread', import.meta.url));
    thread.ref();
    const timeout = AbortSignal.timeout(decodeMs);
    const answer = once(thread, 'message', { signal: timeout });
    thread.postMessage(bytes, []);
    let reply: HeicReply;
    try {
      [reply] = (await answer) as [HeicReply];
    } catch (error) {
      await stop();
      if (timeout.aborted) throw new AppError('DECODE_TIMEOUT', `decoding took over ${decodeMs} ms`, { cause: error });
      throw new AppError('IMAGE_CORRUPT', `HEIC: ${(error as Error).message}`, { cause: error });
    }
    thread.unref();
    idle = setTimeout(() => void stop(), idleMs).unref();
    if ('problem' in reply) throw new AppError('IMAGE_CORRUPT', `HEIC: ${reply.problem}`);
    return { width: reply.width, height: reply.height, rgba: new Uint8Array(reply.rgba) };
  }

  return {
    decode(bytes) {
      const mine = last.then(() => decodeNow(bytes));
      last = mine.catch(() => {});
      return mine;
    },
    async close() {
      await last;
      await stop();
    },
  };
}
