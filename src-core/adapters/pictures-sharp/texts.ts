import { firstSaid, NO_TEXTS, toTexts, type PictureTexts } from '../../domain/picture-texts.ts';
import { parseXmp } from '../../files/xmp.ts';
import type { Exif } from './exif.ts';
import { readIptc } from './iptc.ts';
import type { PictureHeader } from './picture-header.ts';

/** What the picture says of itself: XMP before IPTC, field by field, and EXIF's description where neither has a caption. */
export function textsOf({ xmp, iptc }: PictureHeader, exif: Exif): PictureTexts {
  return firstSaid(
    (xmp && parseXmp(xmp)) ?? NO_TEXTS,
    iptc ? readIptc(iptc) : NO_TEXTS,
    toTexts({ caption: exif.description }),
  );
}
