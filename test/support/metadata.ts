/** A data set of IPTC-IIM: record, number, content. */
export type DataSet = [record: number, number: number, content: Buffer | string];

/** "What follows is UTF-8." */
export const IS_UTF8: DataSet = [1, 90, '\x1b%G'];

/** A bare IPTC-IIM block; strings are written as UTF-8. */
export function iim(...sets: DataSet[]): Buffer {
  return Buffer.concat(
    sets.flatMap(([record, number, content]) => {
      const bytes = Buffer.from(content);
      const head = Buffer.from([0x1c, record, number, 0, 0]);
      head.writeUInt16BE(bytes.length, 3);
      return [head, bytes];
    }),
  );
}

/** Photoshop's image resources: one of another kind, and the block. */
export function resources(block: Buffer): Buffer {
  return Buffer.concat([resource(0x03ed, Buffer.alloc(16)), resource(0x0404, block)]);
}

function resource(id: number, data: Buffer): Buffer {
  const head = Buffer.from('8BIM\0\0\0\0\0\0\0\0', 'latin1');
  head.writeUInt16BE(id, 4);
  head.writeUInt32BE(data.length, 8);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** The JPEG with an IPTC block, where Photoshop puts it. */
export function withIptc(jpeg: Buffer, block: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from('Photoshop 3.0\0', 'latin1'), resources(block)]);
  const head = Buffer.from([0xff, 0xed, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

export interface TiffOptions {
  bigEndian?: boolean;
  /** Written behind the pixels. `type` as in TIFF: 1 bytes, 4 numbers of 32 bits. */
  block?: { tag: number; type: 1 | 4; data: Buffer };
}

/** An uncompressed TIFF of 8 × 8 with any number of channels. */
export function tiff(channels: number, { bigEndian = false, block }: TiffOptions = {}): Buffer {
  const pixelsAt = 200;
  const size = 64 * channels;
  const data = block ? Buffer.concat([block.data, Buffer.alloc(-block.data.length & 3)]) : Buffer.alloc(0);
  const tags: [tag: number, type: number, count: number, value: number][] = [
    [256, 3, 1, 8],
    [257, 3, 1, 8],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, pixelsAt],
    [277, 3, 1, channels],
    [278, 3, 1, 8],
    [279, 4, 1, size],
  ];
  if (block) tags.push([block.tag, block.type, block.type === 4 ? data.length / 4 : data.length, pixelsAt + size]);
  const head = new DataView(new ArrayBuffer(pixelsAt));
  const little = !bigEndian;
  head.setUint16(0, bigEndian ? 0x4d4d : 0x4949);
  head.setUint16(2, 42, little);
  head.setUint32(4, 8, little);
  head.setUint16(8, tags.length, little);
  for (const [i, [tag, type, count, value]] of tags.entries()) {
    const at = 10 + i * 12;
    head.setUint16(at, tag, little);
    head.setUint16(at + 2, type, little);
    head.setUint32(at + 4, count, little);
    if (type === 3) head.setUint16(at + 8, value, little);
    else head.setUint32(at + 8, value, little);
  }
  // As a program on a big-endian machine writes numbers that stand for bytes: the bytes in their order.
  return Buffer.concat([Buffer.from(head.buffer), Buffer.alloc(size, 90), data]);
}
