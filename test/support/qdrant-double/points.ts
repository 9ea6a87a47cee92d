import { compareIds, type PointId } from './ids.ts';
import type { Payload } from './payload-path.ts';

export interface SparseVector {
  indices: readonly number[];
  values: readonly number[];
}

/** Replaced in place, so that indexes can hold it. */
export interface Point {
  readonly id: PointId;
  /** The operation that changed it last. */
  version: number;
  payload: Payload;
  /** By name; the unnamed one is ''. Normalised already where the distance is Cosine. */
  dense: Record<string, Float32Array>;
  sparse: Record<string, SparseVector>;
}

/** Points by id, and in the order of their ids. */
export function createPoints() {
  const byId = new Map<PointId, Point>();
  let ordered: Point[] = [];
  let added: Point[] = [];

  /** Merging what is new costs one pass; sorting everything after each batch of a bulk load would not do. */
  function inOrder(): readonly Point[] {
    if (added.length > 0 || ordered.length > byId.size) {
      const isLive = (point: Point): boolean => byId.get(point.id) === point;
      ordered = merge(
        ordered.filter(isLive),
        added.filter(isLive).toSorted((a, b) => compareIds(a.id, b.id)),
      );
      added = [];
    }
    return ordered;
  }

  return {
    get size() {
      return byId.size;
    },
    get: (id: PointId) => byId.get(id),
    add(point: Point): void {
      byId.set(point.id, point);
      added.push(point);
    },
    /** In the order in which they were made, which is that of their vectors in memory. */
    all: () => byId.values(),
    delete: (id: PointId) => byId.delete(id),
    inOrder,
    /** In order, from this id on. */
    from(id: PointId | null): readonly Point[] {
      const all = inOrder();
      if (id === null) return all;
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (compareIds(all[middle]!.id, id) < 0) low = middle + 1;
        else high = middle;
      }
      return all.slice(low);
    },
  };
}
export type Points = ReturnType<typeof createPoints>;

function merge(left: readonly Point[], right: readonly Point[]): Point[] {
  const merged: Point[] = [];
  let at = 0;
  for (const point of left) {
    while (at < right.length && compareIds(right[at]!.id, point.id) < 0) merged.push(right[at++]!);
    merged.push(point);
  }
  return [...merged, ...right.slice(at)];
}
