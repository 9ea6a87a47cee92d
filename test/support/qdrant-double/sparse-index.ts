import type { Point, SparseVector } from './points.ts';

/** Points by the entries of one of their sparse vectors. */
export function createSparseIndex(name: string, idf: boolean) {
  const entries = new Map<number, Map<Point, number>>();
  let holders = 0;

  /** ln((N − n + 0.5) / (n + 0.5) + 1), N = points that have the vector at all; measured on a real server. */
  const weightOf = (n: number): number => (idf ? Math.log((holders - n + 0.5) / (n + 0.5) + 1) : 1);

  return {
    add(point: Point): void {
      const vector = point.sparse[name];
      if (!vector) return;
      holders++;
      for (const [at, index] of vector.indices.entries()) {
        const having = entries.get(index) ?? new Map<Point, number>();
        entries.set(index, having.set(point, vector.values[at]!));
      }
    },
    remove(point: Point): void {
      const vector = point.sparse[name];
      if (!vector) return;
      holders--;
      for (const index of vector.indices) {
        const having = entries.get(index);
        having?.delete(point);
        if (having?.size === 0) entries.delete(index);
      }
    },
    /** Scores of the points that share an entry with the query. */
    scores(query: SparseVector): Map<Point, number> {
      const scores = new Map<Point, number>();
      for (const [at, index] of query.indices.entries()) {
        const having = entries.get(index) ?? new Map<Point, number>();
        const weight = query.values[at]! * weightOf(having.size);
        for (const [point, value] of having) scores.set(point, (scores.get(point) ?? 0) + weight * value);
      }
      return scores;
    },
  };
}
