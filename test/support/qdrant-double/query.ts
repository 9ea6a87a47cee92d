import type { Collection } from './collection.ts';
import { compileFilter } from './filter-match.ts';
import type { Point } from './points.ts';
import type { QueryRequest } from './query-grammar.ts';
import { requireRangeIndex } from './reads.ts';
import { badRequest, unsupported } from './refusal.ts';
import { type Scoring, scoringOf } from './scorers.ts';
import { showPoint } from './selection.ts';
import { shortest } from './vectors.ts';

interface Hit {
  point: Point;
  score: number;
}

/** The answer to a query. Always exact, over every point; ties come in no promised order. */
export function answerQuery(request: QueryRequest, collection: Collection, strict: boolean) {
  const { offset, limit, shown } = request;
  const hits = hitsOf(request, collection, strict).slice(offset, offset + limit);
  const isScroll = request.query.kind === 'none';
  const points = hits.map(({ point, score }) => ({
    id: point.id,
    version: isScroll ? 0 : point.version,
    score: shortest(score),
    ...showPoint(point, shown),
  }));
  return { points };
}

function hitsOf(request: QueryRequest, collection: Collection, strict: boolean): Hit[] {
  const { query, filter, offset, limit } = request;
  if (query.kind === 'unsupported') throw unsupported(query.what);
  if (query.kind === 'order_by') {
    requireRangeIndex(query.key, collection);
    throw unsupported('a query of the kind order_by; scroll does it');
  }
  if (request.prefetch.length > 0) return fromPrefetch(request, collection, strict);
  if (query.kind === 'rrf') throw badRequest('Fusion queries cannot be used without prefetch');
  if (query.kind === 'none') {
    const hits: Hit[] = [];
    for (const point of collection.scroll(filter, null)) {
      if (hits.push({ point, score: 1 }) === offset + limit) break;
    }
    return hits;
  }
  return ranked(request, scoringOf(query, request.using, collection), collection, strict);
}

function ranked(request: QueryRequest, scoring: Scoring, collection: Collection, strict: boolean): Hit[] {
  const { filter, threshold, offset, limit } = request;
  const isQuantized = collection.config.quantization_config !== null && !collection.sparse.has(request.using);
  if (strict && isQuantized && !request.exact && !request.rescored) {
    throw unsupported('the guesses of an int8 search; ask for params.quantization.rescore');
  }
  const best = createBest(offset + limit);
  const test = filter && compileFilter(filter, collection.indexes);
  for (const point of scoring.within ?? collection.matching(filter)) {
    if (scoring.without.has(point.id) || (scoring.within && test && !test(point))) continue;
    const score = scoring.score(point);
    if (score === null) continue;
    // Exclusive, as on a real server, and of float32 numbers.
    if (threshold === null || Math.fround(score) > Math.fround(threshold)) best.add({ point, score });
  }
  return best.hits;
}

function fromPrefetch(request: QueryRequest, collection: Collection, strict: boolean): Hit[] {
  const { prefetch, query, filter, threshold } = request;
  if (filter) throw unsupported('a filter beside prefetch: put it into each of them');
  const lists = prefetch.map((inner) => hitsOf(inner, collection, strict).slice(0, inner.limit));
  if (query.kind === 'rrf') {
    if (threshold !== null) throw unsupported('score_threshold with fusion');
    return fused(lists);
  }
  if (query.kind === 'none') throw unsupported('prefetch without a query');
  const within = new Set(lists.flat().map(({ point }) => point));
  const scoring = scoringOf(query, request.using, collection);
  return ranked(request, { ...scoring, within }, collection, strict);
}

/** Reciprocal rank fusion: each list gives 1 / (2 + rank), rank from 0. */
function fused(lists: readonly Hit[][]): Hit[] {
  const scores = new Map<Point, number>();
  for (const hits of lists) {
    for (const [rank, { point }] of hits.entries()) scores.set(point, (scores.get(point) ?? 0) + 1 / (2 + rank));
  }
  return [...scores].map(([point, score]) => ({ point, score })).toSorted((a, b) => b.score - a.score);
}

/** Keeps the best n of many, best first. */
function createBest(n: number) {
  const hits: Hit[] = [];
  return {
    hits,
    add(hit: Hit): void {
      if (hits.length === n && hit.score <= hits[n - 1]!.score) return;
      let [low, high] = [0, hits.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (hits[middle]!.score >= hit.score) low = middle + 1;
        else high = middle;
      }
      hits.splice(low, 0, hit);
      if (hits.length > n) hits.pop();
    },
  };
}
