import { FOUND_BY, type FoundBy, type FoundHit, type SearchHit } from '../domain/search.ts';

/** Each best first, and of one catalog. */
export type Rankings = Partial<Record<FoundBy, readonly SearchHit[]>>;

/** As in the paper below; it keeps the first place of one ranking from outdoing several good places. */
const K = 60;

/**
 * The best of one ranking as they are, or of several by reciprocal rank fusion: Σ 1 / (60 + rank) (Cormack, Clarke and
 * Büttcher 2009). Ranks are joined because the scores are of different kinds.
 */
export function joinRankings(rankings: Rankings, limit: number): FoundHit[] {
  const asked = FOUND_BY.filter((by) => rankings[by]);
  const hits = new Map<string, FoundHit>();
  for (const by of asked) {
    rankings[by]!.forEach(({ record, score }, i) => {
      const hit = hits.get(record.imageId) ?? { record, score: 0, foundBy: [], ranks: {} };
      hits.set(record.imageId, hit);
      hit.foundBy.push(by);
      hit.ranks[by] = i + 1;
      hit.score += asked.length > 1 ? 1 / (K + i + 1) : score;
    });
  }
  const all = [...hits.values()];
  if (asked.length > 1) all.sort((a, b) => b.score - a.score);
  return all.slice(0, limit);
}
