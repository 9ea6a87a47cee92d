import { exactSearch, MetricKind } from 'usearch';
import { encodeQuery } from './codes.ts';

/** Rows with their scores by int8 codes, best first. */
export interface Candidates {
  rows: Uint32Array;
  scores: Float32Array;
}

/** The int8 codes of a catalog, in memory. Rows are numbered within the catalog, from 1. */
export interface Matrix {
  readonly size: number;
  /** Bytes of a code. */
  readonly stride: number;
  /** Makes room, so that what is put next moves nothing. */
  reserve(size: number): void;
  /** Adds the row's code or replaces it. */
  put(row: number, code: Uint8Array): void;
  remove(row: number): void;
  /**
   * The `count` best rows. Sure are the first `sure` of them (all, by default) and whatever is as good; the others are
   * the best there are of what had to be looked at.
   */
  nearest(query: Float32Array, count: number, sure?: number): Candidates;
  /** The `count` best of these rows; those that are not here are passed over. */
  nearestAmong(query: Float32Array, count: number, rows: readonly number[]): Candidates;
  /** The next rows after this one, in the order of their numbers; fewer than `count` only at the end. */
  rowsAfter(row: number, count: number): number[];
  /** One after another. All must be here. */
  codesOf(rows: readonly number[]): Int8Array;
  /**
   * Copies `count` codes, or what there is of them, beginning with the one in the place `from`; answers their rows. A row
   * that is put keeps its place, a new one comes last, and when one is removed the last takes its place.
   */
  copyPiece(from: number, count: number, into: Int8Array): Uint32Array;
}

/** Rows from which on a first pass over the leading components is worth its memory. */
const PREFIX_FROM = 131_072;
/** Rows that the first pass hands on. */
const PREFIX_KEEPS = 2_048;
/** A search for more than this many is done in one pass. */
const PREFIX_SERVES = 128;
/** A search for fewer is checked as if it were for so many: one row may come from the top by chance. */
const PREFIX_CHECKS = 16;
/** Rows that are gathered at a time for a scan of some rows only. */
const BLOCK = 16_384;

/**
 * A scan is bound by memory, so a large matrix is scanned in two passes: the leading quarter of the components picks
 * candidates, the whole code ranks them. That is only right where the leading components say most, as a model's do
 * whose components are ordered by variance. Each search checks that itself: if the best of the candidates do not all
 * come from the top quarter of the first pass, others may lie beyond its end, and the search is done again in one pass.
 * A matrix where this happens is scanned in one pass for its next searches, for twice as many each time it happens.
 */
export function createMatrix(dimension: number, prefixFrom = PREFIX_FROM): Matrix {
  // Codes are padded with zeros to whole words, which change no product and are copied four components at a time.
  const words = Math.ceil(dimension / 4);
  const stride = 4 * words;
  const prefixWords = Math.ceil(words / 4);
  let capacity = 0;
  let size = 0;
  let codes = new Int32Array(0);
  /** Empty below `prefixFrom` rows. */
  let prefixes = new Int32Array(0);
  let rowOf = new Uint32Array(0);
  /** Slot + 1 by row; 0 is a row that is not here. */
  let slotOf = new Uint32Array(0);
  let onePassFor = 0;
  let penalty = 0;

  function grow(wanted: number): void {
    capacity = wanted;
    codes = enlarged(codes, capacity * words);
    rowOf = enlarged(rowOf, capacity);
    if (capacity < prefixFrom) return;
    const first = prefixes.length === 0;
    prefixes = enlarged(prefixes, capacity * prefixWords);
    if (first) for (let slot = 0; slot < size; slot++) copyPrefix(slot);
  }

  function copyPrefix(slot: number): void {
    if (prefixes.length > 0) copyWords(codes, slot * words, prefixes, slot * prefixWords, prefixWords);
  }

  function scanSome(query: Int8Array, count: number, slots: Uint32Array): Ranking {
    const gathered = new Int32Array(Math.min(BLOCK, slots.length) * words);
    let best = NOTHING;
    for (let start = 0; start < slots.length; start += BLOCK) {
      const block = slots.subarray(start, start + BLOCK);
      for (let i = 0; i < block.length; i++) copyWords(codes, block[i]! * words, gathered, i * words, words);
      const found = scan(gathered, block.length, query, count);
      best = merge(best, { slots: found.slots.map((i) => block[i]!), products: found.products }, count);
    }
    return best;
  }

  /** Null when the leading components do not tell enough to be sure of the first `sure`. */
  function scanTwice(query: Int8Array, count: number, sure: number): Ranking | null {
    const { slots } = scan(prefixes, size, query.slice(0, 4 * prefixWords), PREFIX_KEEPS);
    const best = scanSome(query, count, slots);
    const leading = new Set(slots.subarray(0, PREFIX_KEEPS / 4));
    const checked = best.slots.subarray(0, Math.max(PREFIX_CHECKS, sure));
    return checked.every((slot) => leading.has(slot)) ? best : null;
  }

  function scanAll(query: Int8Array, count: number, sure: number): Ranking {
    if (size >= prefixFrom && sure <= PREFIX_SERVES) {
      if (onePassFor === 0) {
        const found = scanTwice(query, count, sure);
        penalty = found ? 0 : Math.min(64, 2 * penalty + 1);
        onePassFor = penalty;
        if (found) return found;
      } else {
        onePassFor--;
      }
    }
    return scan(codes, size, query, count);
  }

  function toCandidates({ slots, products }: Ranking, unit: number): Candidates {
    return { rows: slots.map((slot) => rowOf[slot]!), scores: products.map((product) => product * unit) };
  }

  function slotsOf(rows: readonly number[]): Uint32Array {
    const slots = new Uint32Array(rows.length);
    let found = 0;
    for (const row of rows) {
      const slot = slotOf[row] ?? 0;
      if (slot > 0) slots[found++] = slot - 1;
    }
    return slots.subarray(0, found);
  }

  return {
    get size() {
      return size;
    },
    stride,

    reserve(wanted) {
      if (wanted > capacity) grow(wanted);
    },

    put(row, code) {
      if (row >= slotOf.length) slotOf = enlarged(slotOf, Math.ceil(1.5 * (row + 1)));
      let slot = slotOf[row]! - 1;
      if (slot < 0) {
        if (size === capacity) grow(Math.ceil(1.5 * (size + 1)));
        slot = size++;
        slotOf[row] = slot + 1;
        rowOf[slot] = row;
      }
      new Uint8Array(codes.buffer).set(code, slot * stride);
      copyPrefix(slot);
    },

    remove(row) {
      const slot = (slotOf[row] ?? 0) - 1;
      if (slot < 0) return;
      const last = --size;
      slotOf[rowOf[last]!] = slot + 1;
      slotOf[row] = 0;
      rowOf[slot] = rowOf[last]!;
      copyWords(codes, last * words, codes, slot * words, words);
      copyPrefix(slot);
    },

    nearest(query, count, sure = count) {
      const { code, unit } = encodeQuery(query, stride);
      return toCandidates(scanAll(code, count, sure), unit);
    },

    nearestAmong(query, count, rows) {
      const { code, unit } = encodeQuery(query, stride);
      return toCandidates(scanSome(code, count, slotsOf(rows)), unit);
    },

    rowsAfter(row, count) {
      const rows: number[] = [];
      for (let next = row + 1; next < slotOf.length && rows.length < count; next++) {
        if (slotOf[next]! > 0) rows.push(next);
      }
      return rows;
    },

    codesOf(rows) {
      const gathered = new Int32Array(rows.length * words);
      for (const [i, slot] of slotsOf(rows).entries()) copyWords(codes, slot * words, gathered, i * words, words);
      return new Int8Array(gathered.buffer);
    },

    copyPiece(from, count, into) {
      const to = Math.max(from, Math.min(size, from + count));
      into.set(new Int8Array(codes.buffer, from * stride, (to - from) * stride));
      return rowOf.slice(from, to);
    },
  };
}

interface Ranking {
  slots: Uint32Array;
  /** Inner products of int8 codes. */
  products: Float32Array;
}

const NOTHING: Ranking = { slots: new Uint32Array(0), products: new Float32Array(0) };

/** The `count` codes among the first `size` of `matrix` with the largest product. One thread: the fleet has the others. */
function scan(matrix: Int32Array, size: number, query: Int8Array, count: number): Ranking {
  const wanted = Math.min(count, size);
  if (wanted === 0) return NOTHING;
  // usearch minds a view's length but not its offset: `matrix` and `query` begin where their buffers begin.
  const rows = new Int8Array(matrix.buffer, 0, size * query.length);
  const { keys, distances } = exactSearch(rows, query, query.length, wanted, MetricKind.IP, 1);
  const slots = new Uint32Array(wanted);
  for (let i = 0; i < wanted; i++) slots[i] = Number(keys[i]);
  return { slots, products: distances.map((distance) => 1 - distance) };
}

function merge(a: Ranking, b: Ranking, count: number): Ranking {
  if (a.slots.length === 0) return b;
  const size = Math.min(count, a.slots.length + b.slots.length);
  const merged: Ranking = { slots: new Uint32Array(size), products: new Float32Array(size) };
  for (let i = 0, fromA = 0, fromB = 0; i < size; i++) {
    const takeA = fromB === b.slots.length || a.products[fromA]! >= b.products[fromB]!;
    const [from, at] = takeA ? [a, fromA++] : [b, fromB++];
    merged.slots[i] = from.slots[at]!;
    merged.products[i] = from.products[at]!;
  }
  return merged;
}

function copyWords(from: Int32Array, fromAt: number, to: Int32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i]!;
}

function enlarged<T extends Int32Array | Uint32Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
