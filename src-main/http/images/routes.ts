import { open, stat, type FileHandle } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { whichImage, whichThumbnail } from '../../../src-core/contract/images.ts';
import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import type { ImageFormat, ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { ApiParts } from '../procedures.ts';
import { byteRangeOf } from './byte-range.ts';

const TYPES: Record<ImageFormat, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  heic: 'image/heic',
};

/** A picture may be shown again without asking for so long; its thumbnail follows a change that late. */
const KEEP_S = 60;

/** A slow line may take its time over a large file. */
const TRANSFER_MS = 3_600_000;

/** Routes of plain HTTP, for they answer pictures. A file is only read below the allowed roots, links resolved. */
export function addImageRoutes(app: FastifyInstance, { console, finder, roots }: ApiParts): void {
  async function recordOf(which: { image_id: string; catalog?: string | undefined }) {
    const images = await console.images();
    const { record } = await images.get(which.image_id, which.catalog);
    const { path } = await roots.check(images.placeOf(record));
    return { record, path };
  }

  app.get('/images/:image_id/thumbnail', { config: { isQuiet: true } }, async (request, reply) => {
    const { edge, ...which } = parseOrThrow(whichThumbnail, inputOf(request), 'thumbnail');
    const { record, path } = await recordOf(which);
    const tag = `"${record.contentHash}-${edge}"`;
    void reply.header('etag', tag).header('cache-control', `private, max-age=${KEEP_S}`);
    if (isCurrent(request, tag)) return reply.code(304).send();
    const cache = await console.thumbnails();
    let webp = await cache.find(record.contentHash, edge);
    if (webp === null) {
      const isSame = await isAsIndexed(path, record);
      webp = await finder.thumbnail(path, edge).catch(goneIsNotFound(record));
      // Of other bytes than those that the tag and the cache are named by.
      if (isSame) await cache.keep(record.contentHash, edge, webp);
      else void reply.removeHeader('etag').header('cache-control', 'no-store');
    }
    return reply.type('image/webp').send(Buffer.from(webp));
  });

  app.get('/images/:image_id/file', { handlerTimeout: TRANSFER_MS }, async (request, reply) => {
    const { record, path } = await recordOf(parseOrThrow(whichImage, inputOf(request), 'file'));
    const file = await open(path, 'r').catch(goneIsNotFound(record));
    try {
      return await sendFile(request, reply, file, record);
    } catch (error) {
      await file.close();
      throw error;
    }
  });
}

async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileHandle,
  { format, fileName, path }: ImageRecord,
): Promise<FastifyReply> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new AppError('NOT_FOUND', `${path} is no file any more`);
  const { size, mtimeMs } = stats;
  const tag = `"${size}-${Math.trunc(mtimeMs)}"`;
  void reply
    .header('etag', tag)
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'private, no-cache')
    .header('content-disposition', `inline; filename*=UTF-8''${encodeName(fileName)}`)
    // An SVG is a document: it may hold scripts.
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    .type(TYPES[format]);
  const ranged = request.headers['if-range'] === undefined || request.headers['if-range'] === tag;
  const range = ranged ? byteRangeOf(request.headers.range, size) : null;
  if (isCurrent(request, tag) || range === 'none') {
    await file.close();
    if (range !== 'none' || isCurrent(request, tag)) return reply.code(304).send();
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  if (range) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  void reply.header('content-length', size === 0 ? 0 : end - start + 1);
  if (size === 0) {
    await file.close();
    return reply.send('');
  }
  return reply.send(file.createReadStream({ start, end })); // which closes it
}

function inputOf({ query, params }: FastifyRequest): object {
  return { ...(query as object), ...(params as object) };
}

function isCurrent({ headers }: FastifyRequest, tag: string): boolean {
  const tags = (headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.some((known) => known === tag || known === '*');
}

async function isAsIndexed(path: string, { bytes, mtimeMs }: ImageRecord): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  return stats !== null && stats.size === bytes && stats.mtimeMs === mtimeMs;
}

/** The picture is there, its file is not: for whoever asks for the file that is the same as an unknown id. */
function goneIsNotFound({ path, imageId }: ImageRecord) {
  return (error: NodeJS.ErrnoException): never => {
    const gone = error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'FILE_NOT_FOUND';
    if (gone) throw new AppError('NOT_FOUND', `the file of picture ${imageId} is gone: ${path}`, { cause: error });
    if (error instanceof AppError) throw error;
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read: ${error.code}`, { cause: error });
  };
}

/** RFC 8187. */
function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
}
