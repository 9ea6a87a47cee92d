import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { uploadFields } from '../../../src-core/contract/search.ts';
import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import type { Console } from '../../console.ts';
import { find, uploadRequestOf } from './find.ts';
import type { ApiParts } from '../procedures.ts';

const SEARCH = '/search';

/** Fields that may be sent several times. */
const REPEATED = new Set(['filter', 'like', 'unlike']);

/**
 * `POST /search` with a picture in the body (multipart/form-data, any one file field). It is streamed into the data dir,
 * because the finder is another process, and removed with the answer.
 */
export function addUpload(app: FastifyInstance, { console, finder }: ApiParts): void {
  const folder = join(console.dataDir.root, 'queries');
  app.addHook('onReady', async () => {
    await rm(folder, { recursive: true, force: true }); // of a server that was killed
  });
  // Before the handler of the same route, which takes JSON.
  app.addHook('preHandler', async (request, reply) => {
    if (request.routeOptions.url !== SEARCH || !request.isMultipart()) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, randomUUID());
    try {
      const fields = await receive(request, path, console).catch(refuseBroken);
      const search = await uploadRequestOf(path, parseOrThrow(uploadFields, fields, 'search'), console);
      return await reply.send(await find(finder, search));
    } finally {
      await rm(path, { force: true });
    }
  });
}

/** Answers the fields beside the file. Throws INVALID_INPUT, FILE_TOO_LARGE. */
async function receive(request: FastifyRequest, path: string, { settings }: Console): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  let seen = 0;
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      seen++;
      await save(part, path, settings.limits.maxBytes);
    } else if (REPEATED.has(part.fieldname)) {
      fields[part.fieldname] = [...((fields[part.fieldname] as unknown[]) ?? []), part.value];
    } else {
      fields[part.fieldname] = part.value;
    }
  }
  if (seen === 1) return fields;
  throw new AppError('INVALID_INPUT', 'search: an upload needs one picture, as a file field');
}

/** The parser's errors carry no code: no boundary, an end that does not come. Those of the disk do. */
function refuseBroken(error: unknown): never {
  if (!(error instanceof Error) || 'code' in error) throw error;
  throw new AppError('INVALID_INPUT', `search: the upload is no multipart/form-data: ${error.message}`, {
    cause: error,
  });
}

async function save({ file }: MultipartFile, path: string, maxBytes: number): Promise<void> {
  await pipeline(file, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  if (file.truncated) throw new AppError('FILE_TOO_LARGE', `the upload is larger than limits.maxBytes (${maxBytes})`);
}
