import { parentPort } from 'node:worker_threads';
import libheif from 'libheif-js/wasm-bundle.js';
import type { HeicReply } from './heic.ts';

/** Entry of the thread that decodes HEIC. Takes a file's bytes, answers a HeicReply; anything unforeseen ends the thread. */
const port = parentPort;
if (!port) throw new Error('heic-thread runs as a worker thread only');

// libheif says what is wrong on the console, whose stdout is for answers alone.
let said: string[] = [];
const listen = (...parts: unknown[]): void => void said.push(parts.map(words).join(' '));
Object.assign(console, { log: listen, warn: listen, error: listen });

const decoder = new libheif.HeifDecoder();

port.on('message', async (bytes: Uint8Array) => {
  said = [];
  const reply = await decode(bytes);
  port.postMessage(reply, 'rgba' in reply ? [reply.rgba] : []);
});

/** libheif's own errors are objects with a message; handles and the like say nothing to anybody. */
function words(part: unknown): string {
  if (typeof part === 'string') return part;
  return part instanceof Object && 'message' in part ? String(part.message) : '';
}

async function decode(bytes: Uint8Array): Promise<HeicReply> {
  const images = decoder.decode(bytes);
  try {
    const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
    if (!image) return { problem: said.join('; ') || 'no picture in it' };
    const width = image.get_width();
    const height = image.get_height();
    const data = new Uint8ClampedArray(width * height * 4);
    const done = await new Promise((resolve) => image.display({ data }, resolve));
    return done ? { width, height, rgba: data.buffer } : { problem: said.join('; ') };
  } finally {
    for (const image of images) image.free();
  }
}
