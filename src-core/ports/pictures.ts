import type { ImageFormat } from '../domain/image-record.ts';
import type { PictureTexts } from '../domain/picture-texts.ts';
import type { Region } from '../domain/search.ts';

/** A picture's file, read whole. `contentHash` is SHA-256 in lower-case hex; `mtimeMs` that of the bytes that were read. */
export interface PictureFile {
  bytes: Uint8Array;
  contentHash: string;
  mtimeMs: number;
}

/** A picture ready for the model, with what its record says of it. */
export interface DecodedPicture extends PictureTexts {
  /** uint8 [size, size, 3], sRGB, alpha over the background. */
  pixels: Uint8Array;
  /** As displayed, after EXIF orientation. */
  width: number;
  height: number;
  format: ImageFormat;
  capturedAt: number | null;
  perceptualHash: string;
  thumbhash: string;
}

export interface PictureLimits {
  maxBytes: number;
  maxPixels: number;
  decodeMs: number;
}

/** Reading and decoding of picture files; nothing that a file holds is ever run or fetched. */
export interface Pictures {
  /**
   * `root`: folder that the path, links resolved, must not leave (null: anywhere). Throws FILE_NOT_FOUND,
   * SOURCE_UNAVAILABLE (the root itself is not there), FILE_UNREADABLE, NOT_A_FILE (a pipe is never opened), FILE_EMPTY,
   * FILE_TOO_LARGE, FILE_CHANGED, PATH_OUTSIDE_ROOT.
   */
  read(path: string, root: string | null, signal?: AbortSignal): Promise<PictureFile>;
  /** Pixels of the header, as stored, without decoding: for the budget in flight. Throws as `decode` does. */
  measure(bytes: Uint8Array): Promise<number>;
  /**
   * What the picture says of itself, from its header: no pixel is decoded. Metadata that cannot be read says nothing.
   * Throws as `measure` does.
   */
  describe(bytes: Uint8Array): Promise<PictureTexts>;
  /**
   * With a `region`, that part alone: its pixels and hashes; size and texts stay the picture’s. Throws UNSUPPORTED_FORMAT,
   * IMAGE_CORRUPT, IMAGE_TOO_LARGE, DECODE_TIMEOUT.
   */
  decode(bytes: Uint8Array, region?: Region): Promise<DecodedPicture>;
  close(): Promise<void>;
}
