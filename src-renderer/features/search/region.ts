import { z } from 'zod';
import { region, type Region } from '../../../src-core/domain/search.ts';

export type { Region };

/** Digits of a share in the address: a thousandth of a picture. */
const DIGITS = 3;
/** The smallest share of a side that is cut out. */
const LEAST = 0.02;
/** How far a key moves an edge. */
const STEP = 0.02;

/** As it stands in the address, and in an upload's form: `x,y,width,height`. */
export const regionText = z
  .string()
  .max(100)
  .transform((text) => {
    const [x, y, width, height, ...more] = text.split(',').map(Number);
    return more.length > 0 ? null : { x, y, width, height };
  })
  .pipe(region)
  .transform(textOfRegion);

export function textOfRegion({ x, y, width, height }: Region): string {
  return [x, y, width, height].map((share) => String(Number(share.toFixed(DIGITS)))).join(',');
}

/** Of what `regionText` has let through. */
export function regionOfText(text: string): Region {
  const [x = 0, y = 0, width = 1, height = 1] = text.split(',').map(Number);
  // Rounded shares may add up to a hair more.
  return { x, y, width: Math.min(width, 1 - x), height: Math.min(height, 1 - y) };
}

interface Point {
  x: number;
  y: number;
}

/** What a pointer has drawn from one corner to the other, in shares; null: too little to be meant. */
export function drawn(from: Point, to: Point): Region | null {
  const [x, right] = [clamp(Math.min(from.x, to.x)), clamp(Math.max(from.x, to.x))];
  const [y, bottom] = [clamp(Math.min(from.y, to.y)), clamp(Math.max(from.y, to.y))];
  const found = { x, y, width: right - x, height: bottom - y };
  return found.width < LEAST || found.height < LEAST ? null : found;
}

const DIRECTIONS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Moved by an arrow key; with Shift, its lower right corner alone. Null: another key. */
export function stepped(old: Region, key: string, isResize: boolean): Region | null {
  const step = DIRECTIONS[key];
  if (!step) return null;
  const [x, y] = step;
  if (isResize) {
    return {
      ...old,
      width: clamp(old.width + x, LEAST, 1 - old.x),
      height: clamp(old.height + y, LEAST, 1 - old.y),
    };
  }
  return { ...old, x: clamp(old.x + x, 0, 1 - old.width), y: clamp(old.y + y, 0, 1 - old.height) };
}

function clamp(share: number, least = 0, most = 1): number {
  return Math.max(least, Math.min(most, share));
}
