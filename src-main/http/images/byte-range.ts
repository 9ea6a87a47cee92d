/** The bytes that are asked for, both ends inclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Reads `Range: bytes=…` (RFC 9110 §14). Null: all, for no header or one that may be ignored (another unit, several
 * ranges, nonsense); `none`: the file has no such bytes.
 */
export function byteRangeOf(header: string | undefined, size: number): ByteRange | 'none' | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '')
    return Number(last) === 0 || size === 0 ? 'none' : { start: Math.max(0, size - Number(last)), end: size - 1 };
  const [start, end] = [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== '' && Number(last) < start) return null;
  return start < size ? { start, end } : 'none';
}
