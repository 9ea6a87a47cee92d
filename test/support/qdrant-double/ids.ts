/** An unsigned integer, or a UUID in lower case with dashes. */
export type PointId = number | string;

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Null for what is no id. Capitals and UUIDs without dashes mean the same id as the plain form. */
export function toPointId(value: unknown): PointId | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : null;
  if (typeof value !== 'string' || !UUID.test(value)) return null;
  const hex = value.replaceAll('-', '').toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Of an id in an address, where digits are a number. */
export function idFromPath(text: string): PointId | null {
  return toPointId(/^\d+$/.test(text) ? Number(text) : text);
}

/** The order of a scroll: integers first, then UUIDs. */
export function compareIds(a: PointId, b: PointId): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : Number(a > b);
}

export function notAnId(value: unknown): string {
  const shown = value === null ? 'Unit' : String(value);
  return `value ${shown} is not a valid point ID, valid values are either an unsigned integer or a UUID`;
}
