import sharp, { type Sharp } from 'sharp';
import type { PictureLimits } from '../../ports/pictures.ts';
import type { HeicDecoder } from './heic.ts';
import type { PictureHeader } from './picture-header.ts';

/**
 * A pipeline that gives the first frame upright, in sRGB. Nothing is decoded yet but HEIC. sharp leaves out by itself
 * what a picture does not need: no shorter pipeline of ours was cheaper (a 64-pixel PNG takes 2.6 ms of CPU any way).
 */
export async function openPicture(
  bytes: Uint8Array,
  header: PictureHeader,
  limits: PictureLimits,
  heic: HeicDecoder,
): Promise<Sharp> {
  // 'error' and not sharp's 'warning': half a picture is refused, but cameras that bend the JPEG standard are not.
  const options = { failOn: 'error', limitInputPixels: limits.maxPixels } as const;
  const seconds = Math.min(3_600, Math.ceil(limits.decodeMs / 1_000));
  if (header.format === 'heic') {
    const { width, height, rgba } = await heic.decode(bytes);
    return sharp(rgba, { ...options, raw: { width, height, channels: 4 } }).timeout({ seconds });
  }
  return sharp(bytes, { ...options, autoOrient: true }).timeout({ seconds });
}
