import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { whichUpload, type UploadedFileDocument } from '../../../src-core/contract/uploads.ts';
import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import type { UploadedFile } from '../../services/uploads/receive.ts';
import type { ApiParts } from '../procedures.ts';
import { pieceOf } from './piece-of.ts';

const FILE = '/uploads/:upload_id/files/*';

/** A slow line may take its time over a large file. */
const TRANSFER_MS = 3_600_000;
const EXPIRE_EVERY_MS = 3_600_000;

const whichFile = whichUpload.extend({ '*': z.string().min(1) });

/**
 * `PUT` brings a file or a piece of one, streamed into the data dir and never held; `GET` and `HEAD` say how far it is, in
 * the header `Upload-Offset` too. A line that breaks costs what was not sent yet.
 */
export function addUploadRoutes(app: FastifyInstance, { console }: Pick<ApiParts, 'console'>): void {
  let timer: NodeJS.Timeout | undefined;

  async function expire(): Promise<void> {
    await (await console.uploads()).expire().catch((error: unknown) => {
      app.log.warn({ error }, 'old uploads cannot be deleted');
    });
  }
  app.addHook('onReady', () => {
    void expire();
    timer = setInterval(() => void expire(), EXPIRE_EVERY_MS).unref();
  });
  app.addHook('onClose', async () => clearInterval(timer));

  app.get(FILE, async (request, reply) => {
    const { upload_id, path } = fileOf(request);
    const file = await (await console.uploads()).look(upload_id, path);
    return reply.headers(headersOf(file)).header('cache-control', 'no-store').send(documentOf(file));
  });

  void app.register(async (scope) => {
    // Whatever it says it is: it is kept as it comes.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    // A picture is larger than what bodies may have that are held.
    scope.put(FILE, { handlerTimeout: TRANSFER_MS, bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
      const { upload_id, path } = fileOf(request);
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      try {
        const piece = pieceOf(request.headers);
        const file = await (await console.uploads()).write(upload_id, path, piece, body);
        return reply.headers(headersOf(file)).send(documentOf(file));
      } catch (error) {
        const received = error instanceof AppError ? error.details?.['received'] : undefined;
        if (typeof received === 'number') void reply.header('upload-offset', received);
        throw error;
      }
    });
  });
}

function fileOf({ params }: FastifyRequest): { upload_id: string; path: string } {
  const { upload_id, '*': path } = parseOrThrow(whichFile, params, 'upload');
  return { upload_id, path };
}

function headersOf({ received, total }: UploadedFile): Record<string, string> {
  return { 'upload-offset': String(received), ...(total !== null && { 'upload-length': String(total) }) };
}

function documentOf({ path, received, total, complete }: UploadedFile): UploadedFileDocument {
  return { path, received, total, complete };
}
