import { AppError } from '../../src-core/domain/app-error.ts';
import { findToken } from '../http/token.ts';
import { supportFiles } from '../support/support-bundle.ts';
import { zipStream } from '../support/zip-stream.ts';
import type { Cli } from './cli.ts';
import { statsDocument } from './commands/stats.ts';
import { workerDocument } from './commands/workers.ts';

/** The bytes of a support bundle: of this data dir, or the one that the server makes of itself. */
export async function makeBundle(cli: Cli): Promise<Uint8Array> {
  const server = await cli.server();
  return bytesOf(server ? server.bytes('/support-bundle') : await bundleOfHere(cli));
}

/** What is in it. PROTOCOL_MISMATCH for what is no zip. */
export async function namesIn(zip: Uint8Array): Promise<string[]> {
  const { unzipSync } = await import('fflate');
  const names: string[] = [];
  try {
    unzipSync(zip, { filter: ({ name }) => names.push(name) < 0 });
  } catch (error) {
    throw new AppError('PROTOCOL_MISMATCH', 'the server answered something else than a zip', { cause: error });
  }
  return names;
}

async function bundleOfHere({ console, io }: Cli): Promise<AsyncIterable<Uint8Array>> {
  const queue = () => console.queue();
  const files = await supportFiles(console, {
    env: io.env,
    tokens: await Promise.all(
      (['full', 'read'] as const).map((access) => findToken(console.dataDir.root, io.env, access)),
    ),
    numbers: {
      stats: async () => statsDocument(await (await queue()).stats()),
      workers: async () => (await (await queue()).workers()).map(workerDocument),
    },
  });
  return zipStream(files);
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
