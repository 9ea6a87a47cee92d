import { extname } from 'node:path';

const DECODABLE = 'jpg jpeg jpe jfif png apng webp gif avif tif tiff svg heic heif hif';

/**
 * Picture formats that cannot be decoded. They are taken all the same, and fail with UNSUPPORTED_FORMAT: a folder of a
 * thousand raw files must not look as if it were empty.
 */
const FOREIGN =
  'bmp dib ico cur icns psd psb xcf kra ai eps jp2 j2k jpf jpx jpm jxl jxr wdp hdr exr dds tga pcx pbm pgm ppm pnm ' +
  'qoi wmf emf djvu avifs heics svgz ' +
  'raw dng cr2 cr3 crw nef nrw arw srf sr2 raf orf rw2 rwl pef ptx srw x3f 3fr fff iiq mrw erf kdc dcr mef mos';

const PICTURE_EXTENSIONS: ReadonlySet<string> = new Set([...DECODABLE.split(' '), ...FOREIGN.split(' ')]);

/** Whether a file of this name is taken by an import. What it really is, only its bytes tell. */
export function isPictureFile(path: string): boolean {
  return PICTURE_EXTENSIONS.has(extname(path).slice(1).toLowerCase());
}

/** Whether the name is that of an XMP sidecar, as Lightroom, darktable and others write them beside a picture. */
export function isSidecarFile(path: string): boolean {
  return extname(path).toLowerCase() === '.xmp';
}
