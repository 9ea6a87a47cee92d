/** Bounds as a test; `times` says that they are moments, in ms since 1970. */
export interface Range {
  times: boolean;
  holds(value: number): boolean;
}

type Bounds = Record<string, number>;

const BOUNDS = new Set(['lt', 'gt', 'gte', 'lte']);

/** Bounds of numbers; null for anything else. Absent ones are open: a range of none holds for every number. */
export function readRange(value: unknown): Range | null {
  return read(value, false, (bound) => (typeof bound === 'number' ? bound : null));
}

/** Bounds of moments, as texts; null for anything else. */
export function readTimes(value: unknown): Range | null {
  return read(value, true, (bound) => (typeof bound === 'string' ? momentOf(bound) : null));
}

function read(value: unknown, times: boolean, toNumber: (bound: unknown) => number | null): Range | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const bounds: Bounds = {};
  for (const [key, bound] of Object.entries(value)) {
    if (bound === null) continue;
    const number = toNumber(bound);
    if (number === null || !BOUNDS.has(key)) return null;
    bounds[key] = number;
  }
  const { lt = Infinity, lte = Infinity, gt = -Infinity, gte = -Infinity } = bounds;
  return { times, holds: (each) => each < lt && each <= lte && each > gt && each >= gte };
}

const MOMENT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A day or a moment as the server reads them, UTC where no zone is given; null for what is none. */
export function momentOf(text: string): number | null {
  const parts = MOMENT.exec(text);
  if (!parts) return null;
  const zone = text.length > 10 && parts[1] === undefined ? 'Z' : '';
  const moment = Date.parse(text.replace(' ', 'T') + zone);
  return Number.isNaN(moment) ? null : moment;
}
