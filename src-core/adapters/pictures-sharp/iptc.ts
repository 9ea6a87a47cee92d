import exifReader from 'exifreader';
import { NO_TEXTS, toTexts, type PictureTexts } from '../../domain/picture-texts.ts';

const PHOTOSHOP = Buffer.from('Photoshop 3.0\0', 'latin1');
/** What a JPEG segment holds beside its own length. */
const SEGMENT_BYTES = 0xffff - 2;
/** First byte of each data set of IPTC-IIM. */
const DATA_SET = 0x1c;

/**
 * Title, caption and keywords of an IPTC-IIM block as libvips hands it out: bare, in Photoshop's resources, or those with
 * a JPEG segment's name before them. UTF-8 where it says so or is it, else Windows-1252. Nothing for a damaged one.
 */
export function readIptc(block: Uint8Array): PictureTexts {
  try {
    const { iptc } = exifReader.load(toJpeg(toResources(Buffer.from(block))), {
      expanded: true,
      includeTags: { iptc: true },
    });
    return toTexts({
      title: iptc?.['Object Name']?.description,
      caption: iptc?.['Caption/Abstract']?.description,
      keywords: [iptc?.Keywords ?? []].flat().map(({ description }) => description),
    });
  } catch {
    return NO_TEXTS;
  }
}

function toResources(block: Buffer): Buffer {
  // In a big-endian TIFF the block is a row of 32-bit numbers, which libtiff turns round.
  const isSwapped = block[0] !== DATA_SET && block[3] === DATA_SET;
  const plain = isSwapped ? block.subarray(0, block.length & ~3).swap32() : block;
  if (plain[0] !== DATA_SET) return plain;
  const header = Buffer.from('8BIM\x04\x04\0\0\0\0\0\0', 'latin1');
  header.writeUInt32BE(plain.length, 8);
  return Buffer.concat([header, plain]);
}

/**
 * exifreader reads files only: this is one with nothing but the block, and no end, for it would go on with that where the
 * block's last text is cut off. Of a larger block what fits is read.
 */
function toJpeg(resources: Buffer): Buffer {
  const named = resources.subarray(0, PHOTOSHOP.length).equals(PHOTOSHOP);
  const content = Buffer.concat(named ? [resources] : [PHOTOSHOP, resources]).subarray(0, SEGMENT_BYTES);
  const start = Buffer.from([0xff, 0xd8, 0xff, 0xed, 0, 0]);
  start.writeUInt16BE(content.length + 2, 4);
  return Buffer.concat([start, content]);
}
