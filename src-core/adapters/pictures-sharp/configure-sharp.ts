import sharp from 'sharp';

/** One name per format of IMAGE_FORMATS that libvips decodes; AVIF is in Heif, HEIC is not decoded by it at all. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Svg', 'Heif'].map((name) => `VipsForeignLoad${name}`);

/**
 * Settings of libvips, which are the process's. Loaders that we do not need are blocked: a foreign file must not reach
 * a parser that nobody asked for. No operation cache: a picture is decoded once, and it held 50 MB.
 */
export function configureSharp(threadsPerPicture: number): void {
  sharp.cache(false);
  sharp.concurrency(threadsPerPicture);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
}
