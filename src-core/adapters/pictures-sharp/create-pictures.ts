import type { ModelManifest } from '../../domain/model-manifest.ts';
import type { Region } from '../../domain/search.ts';
import type { PictureLimits, Pictures } from '../../ports/pictures.ts';
import { configureSharp } from './configure-sharp.ts';
import { toDecodeError } from './decode-errors.ts';
import { readExif } from './exif.ts';
import { type Area, perceptualHash, shrinkSquare, SMALL_EDGE, thumbHash } from './hashes.ts';
import { createHeicDecoder } from './heic.ts';
import { openPicture } from './open-picture.ts';
import { readHeader, type PictureHeader } from './picture-header.ts';
import { readPicture } from './read-picture.ts';
import { textsOf } from './texts.ts';

export interface PicturesOptions {
  /** Its size, fit and background are what pictures are decoded to. */
  model: ModelManifest;
  limits: PictureLimits;
  /** Threads per picture; 1 where several pictures are decoded at a time. */
  concurrency?: number;
}

export function createPictures({ model, limits, concurrency = 1 }: PicturesOptions): Pictures {
  configureSharp(concurrency);
  const heic = createHeicDecoder(limits.decodeMs);
  const { size } = model.input;
  const { fit, background } = model.preprocessing;
  /** A picture is measured first and decoded later: its header is read once. */
  const headers = new WeakMap<Uint8Array, Promise<PictureHeader>>();

  function headerOf(bytes: Uint8Array): Promise<PictureHeader> {
    let header = headers.get(bytes);
    if (!header) {
      header = readHeader(bytes, limits);
      headers.set(bytes, header);
    }
    return header;
  }

  return {
    read: (path, root, signal) => readPicture(path, root, limits.maxBytes, signal),

    async measure(bytes) {
      const { width, height } = await headerOf(bytes);
      return width * height;
    },

    async describe(bytes) {
      const header = await headerOf(bytes);
      return textsOf(header, readExif(header.exif));
    },

    async decode(bytes, region) {
      const header = await headerOf(bytes);
      try {
        const picture = await openPicture(bytes, header, limits, heic);
        const area = region && areaOf(region, header);
        const pixels = await (area ? picture.extract(area) : picture)
          .flatten({ background })
          .toColourspace('srgb')
          .resize(size, size, { fit, background })
          .raw()
          .toBuffer();
        const { width, height, format } = header;
        const exif = readExif(header.exif);
        const small = shrinkSquare(pixels, size);
        return {
          pixels,
          width,
          height,
          format,
          capturedAt: exif.capturedAt,
          perceptualHash: perceptualHash(small),
          thumbhash: thumbHash(small, ...shownPart(fit, SMALL_EDGE, area?.width ?? width, area?.height ?? height)),
          ...textsOf(header, exif),
        };
      } catch (error) {
        throw toDecodeError(error, bytes);
      }
    },

    close: () => heic.close(),
  };
}

/** In whole pixels, at least one each way. */
function areaOf({ x, y, ...share }: Region, { width, height }: Pick<PictureHeader, 'width' | 'height'>): Area {
  const left = Math.min(width - 1, Math.round(x * width));
  const top = Math.min(height - 1, Math.round(y * height));
  return {
    left,
    top,
    width: Math.max(1, Math.min(width - left, Math.round(share.width * width))),
    height: Math.max(1, Math.min(height - top, Math.round(share.height * height))),
  };
}

/** The part of a square of edge `size` that shows the picture, and the aspect ratio of what it shows. */
function shownPart(
  fit: ModelManifest['preprocessing']['fit'],
  size: number,
  width: number,
  height: number,
): [area: Area, width: number, height: number] {
  const whole = { left: 0, top: 0, width: size, height: size };
  if (fit === 'fill') return [whole, width, height];
  if (fit === 'cover') return [whole, size, size];
  const scale = size / Math.max(width, height);
  const area = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const left = Math.floor((size - area.width) / 2);
  return [{ left, top: Math.floor((size - area.height) / 2), ...area }, width, height];
}
