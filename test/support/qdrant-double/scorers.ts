import type { Collection } from './collection.ts';
import type { PointId } from './ids.ts';
import type { Point } from './points.ts';
import type { Example, Query } from './query-grammar.ts';
import { notFound, unsupported, wrongInput } from './refusal.ts';
import { dot, toStored } from './vectors.ts';

/** How good a point is; null for one that has no such vector. */
export type Scorer = (point: Point) => number | null;

/** Points that are scored, and how; `within` is null where every point may be. */
export interface Scoring {
  score: Scorer;
  within: Iterable<Point> | null;
  /** Examples, which an answer leaves out. */
  without: ReadonlySet<PointId>;
}

export function scoringOf(query: Query, using: string, collection: Collection): Scoring {
  const isSparse = collection.sparse.has(using);
  if (!isSparse && !Object.hasOwn(collection.dense, using))
    throw wrongInput(`Not existing vector name error: ${using}`);
  if (query.kind === 'nearest') {
    const without = idsOf([query.example]);
    if (isSparse) return { ...sparseScoring(query.example, using, collection), without };
    const wanted = denseOf(query.example, using, collection);
    return { score: nearTo(wanted, using), within: null, without };
  }
  if (query.kind !== 'recommend') throw unsupported(`a query of the kind ${query.kind} here`);
  if (isSparse) throw unsupported('recommend on a sparse vector');
  return {
    score: recommended(query, using, collection),
    within: null,
    without: idsOf([...query.likes, ...query.dislikes]),
  };
}

function idsOf(examples: readonly Example[]): Set<PointId> {
  return new Set(examples.flatMap((example) => ('id' in example ? [example.id] : [])));
}

function sparseScoring(example: Example, using: string, { points, sparse }: Collection) {
  if ('dense' in example) throw wrongInput(`Vector with name ${using} is not configured as dense vector`);
  const query = 'id' in example ? stored(points.get(example.id), example.id).sparse[using] : example.sparse;
  const scores = query ? sparse.get(using)!.scores(query) : new Map<Point, number>();
  return { score: (point: Point) => scores.get(point) ?? null, within: scores.keys() };
}

function stored(point: Point | undefined, id: PointId): Point {
  if (!point) throw notFound(`No point with id ${id} found`);
  return point;
}

function denseOf(example: Example, using: string, { points, dense }: Collection): Float32Array {
  if ('sparse' in example) throw unsupported('a sparse vector against a dense one');
  if ('dense' in example) return toStored(example.dense, dense[using]!);
  const vector = stored(points.get(example.id), example.id).dense[using];
  if (!vector) throw unsupported(`an example without the vector ${using}`);
  return vector;
}

function nearTo(wanted: Float32Array, using: string): Scorer {
  return ({ dense }) => {
    const vector = dense[using];
    return vector ? dot(wanted, vector) : null;
  };
}

function recommended(query: Query & { kind: 'recommend' }, using: string, collection: Collection): Scorer {
  const vectorsOf = (examples: readonly Example[]): Float32Array[] =>
    examples.map((example) => denseOf(example, using, collection));
  const likes = vectorsOf(query.likes);
  const dislikes = vectorsOf(query.dislikes);
  if (query.strategy === 'average_vector') {
    if (likes.length === 0) throw wrongInput('Positive vectors should not be empty with `average` strategy');
    return nearTo(toStored(Array.from(averageOf(likes, dislikes)), collection.dense[using]!), using);
  }
  const join = query.strategy === 'best_score' ? bestScore : sumOfScores;
  return ({ dense }) => {
    const vector = dense[using];
    return vector ? join(scoresOf(likes, vector), scoresOf(dislikes, vector)) : null;
  };
}

const scoresOf = (examples: readonly Float32Array[], vector: Float32Array): number[] =>
  examples.map((each) => dot(each, vector));

/** As far beyond the likes as the dislikes are before them: 2 × average(likes) − average(dislikes). */
function averageOf(likes: readonly Float32Array[], dislikes: readonly Float32Array[]): Float32Array {
  const mean = (vectors: readonly Float32Array[]) =>
    likes[0]!.map((_, at) => vectors.reduce((sum, vector) => sum + vector[at]!, 0) / vectors.length);
  if (dislikes.length === 0) return mean(likes);
  const from = mean(dislikes);
  return mean(likes).map((value, at) => 2 * value - from[at]!);
}

const squash = (score: number): number => 0.5 * (score / (1 + Math.abs(score)) + 1);
const sumOf = (scores: readonly number[]): number => scores.reduce((total, score) => total + score, 0);

/** The nearest example decides: a like gives 0…1, a dislike 0…−1. */
function bestScore(likes: readonly number[], dislikes: readonly number[]): number {
  const [like, dislike] = [Math.max(...likes), Math.max(...dislikes)];
  return like > dislike ? squash(like) : -squash(dislike);
}

function sumOfScores(likes: readonly number[], dislikes: readonly number[]): number {
  return sumOf(likes) - sumOf(dislikes);
}
