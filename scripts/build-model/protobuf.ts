/** The few field types of Protocol Buffers that an ONNX file needs (protobuf.dev/programming-guides/encoding). */
export type Field = Uint8Array;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** A message is its fields one after another. */
export function message(...fields: (Field | readonly Field[])[]): Uint8Array {
  return Buffer.concat(fields.flat());
}

/** int32, int64 and enums; negative numbers take ten bytes, as two's complement of 64 bits. */
export function int(number: number, value: number): Field {
  return Buffer.concat([tag(number, VARINT), varint(BigInt(value))]);
}

/** Strings, bytes and messages. */
export function bytes(number: number, value: string | Uint8Array): Field {
  const content = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([tag(number, LENGTH_DELIMITED), varint(BigInt(content.length)), content]);
}

function tag(number: number, wireType: number): Buffer {
  return varint(BigInt((number << 3) | wireType));
}

function varint(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, value);
  const sevens: number[] = [];
  do {
    const more = rest > 0x7fn ? 0x80 : 0;
    sevens.push(Number(rest & 0x7fn) | more);
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(sevens);
}
