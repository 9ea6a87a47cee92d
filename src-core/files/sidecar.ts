import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path/posix';
import { AppError } from '../domain/app-error.ts';
import type { PictureTexts } from '../domain/picture-texts.ts';
import { isPictureFile } from './picture-files.ts';
import { MAX_XMP_BYTES, parseXmp } from './xmp.ts';

/** Windows has no pipes among its files, nor this flag: opening one would wait for ever. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Whether a sidecar is of this picture, both by canonical name: `a/IMG_1.jpg.xmp` of `a/IMG_1.jpg` alone (darktable),
 * `a/IMG_1.xmp` of every `a/IMG_1.*` (Lightroom).
 */
export function speaksFor(sidecarName: string, pictureName: string): boolean {
  const stem = withoutExtension(sidecarName);
  return isPictureFile(stem) ? pictureName === stem : withoutExtension(pictureName) === stem;
}

/**
 * What an XMP sidecar says of its picture. Throws FILE_NOT_FOUND, FILE_UNREADABLE, NOT_A_FILE, FILE_TOO_LARGE (over
 * 4 MiB) and INVALID_INPUT (it is no XMP).
 */
export async function readSidecar(path: string): Promise<PictureTexts> {
  const texts = parseXmp(await readBounded(path));
  if (texts === null) throw new AppError('INVALID_INPUT', `${path} is no XMP that can be read`);
  return texts;
}

async function readBounded(path: string): Promise<Uint8Array> {
  try {
    await using handle = await open(path, FLAGS);
    const stats = await handle.stat();
    if (!stats.isFile()) throw new AppError('NOT_A_FILE', `${path} is not a file`);
    if (stats.size > MAX_XMP_BYTES) {
      throw new AppError('FILE_TOO_LARGE', `${path} has ${stats.size} bytes; of a sidecar ${MAX_XMP_BYTES} are read`);
    }
    return await handle.readFile();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AppError('FILE_NOT_FOUND', `${path} does not exist`, { cause: error });
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read: ${message}`, { cause: error });
  }
}

function withoutExtension(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}
