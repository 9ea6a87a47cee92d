import sharp, { type Metadata } from 'sharp';
import { AppError } from '../../domain/app-error.ts';
import type { ImageFormat } from '../../domain/image-record.ts';
import type { PictureLimits } from '../../ports/pictures.ts';
import { toDecodeError, unsupportedFormat } from './decode-errors.ts';

export interface PictureHeader {
  format: ImageFormat;
  /** As displayed. */
  width: number;
  height: number;
  /** Blocks of metadata, as they lie in the file. */
  exif: Buffer | undefined;
  xmp: Buffer | undefined;
  iptc: Buffer | undefined;
}

/** Reads the header, no pixel. Throws UNSUPPORTED_FORMAT, IMAGE_CORRUPT, IMAGE_TOO_LARGE. */
export async function readHeader(bytes: Uint8Array, limits: PictureLimits): Promise<PictureHeader> {
  // Compressed SVG: a kilobyte could unfold to gigabytes of XML.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw unsupportedFormat(bytes);
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw toDecodeError(error, bytes);
  }
  const format = formatOf(metadata);
  if (!format) throw unsupportedFormat(bytes);
  if (metadata.channels > 4 && metadata.space !== 'cmyk') {
    throw new AppError('UNSUPPORTED_FORMAT', `${metadata.channels} channels; a picture has at most 4`);
  }
  const { width, height } = metadata.autoOrient;
  if (width * height > limits.maxPixels) {
    throw new AppError('IMAGE_TOO_LARGE', `${width} × ${height} pixels; at most ${limits.maxPixels} are decoded`);
  }
  const { exif, xmp, iptc, tifftagPhotoshop } = metadata;
  return { format, width, height, exif, xmp, iptc: iptc ?? tifftagPhotoshop };
}

function formatOf({ format, compression }: Metadata): ImageFormat | null {
  switch (format) {
    case 'jpeg':
    case 'png':
    case 'webp':
    case 'gif':
    case 'tiff':
    case 'svg':
      return format;
    case 'heif':
      if (compression === 'av1') return 'avif';
      return compression === 'hevc' ? 'heic' : null;
    default:
      return null;
  }
}
