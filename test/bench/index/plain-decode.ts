import sharp from 'sharp';

/** The preprocessing that the default model asks for, as anybody would write it: no hashes, no record. uint8 [160, 160, 3]. */
export function plainDecode(path: string): Promise<Buffer> {
  return sharp(path)
    .rotate()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(160, 160, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer();
}
