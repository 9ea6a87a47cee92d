import { AppError } from '../../domain/app-error.ts';
import type { PictureLimits } from '../../ports/pictures.ts';
import type { Thumbnailer } from '../../ports/thumbnailer.ts';
import { configureSharp } from '../pictures-sharp/configure-sharp.ts';
import { toDecodeError } from '../pictures-sharp/decode-errors.ts';
import { createHeicDecoder } from '../pictures-sharp/heic.ts';
import { openPicture } from '../pictures-sharp/open-picture.ts';
import { readHeader } from '../pictures-sharp/picture-header.ts';

export function createThumbnailer({ limits }: { limits: PictureLimits }): Thumbnailer {
  configureSharp(1);
  const heic = createHeicDecoder(limits.decodeMs);
  return {
    async thumbnail(bytes, edge) {
      if (!Number.isInteger(edge) || edge < 16 || edge > 2_048) {
        throw new AppError('INVALID_INPUT', `edge: ${edge} is not a whole number from 16 to 2048`);
      }
      const header = await readHeader(bytes, limits);
      try {
        const picture = await openPicture(bytes, header, limits, heic);
        return await picture
          .toColourspace('srgb')
          .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
          .webp({ quality: 80 })
          .toBuffer();
      } catch (error) {
        throw toDecodeError(error, bytes);
      }
    },
    close: () => heic.close(),
  };
}
