import { z } from 'zod';
import type { Filter } from './filter-grammar.ts';
import { type PointId, toPointId } from './ids.ts';
import { bool, float, readBody, text, usize } from './read-body.ts';
import { badJson, invalidBody, Refusal, unsupported } from './refusal.ts';
import { filterAt, type Shown, shownFields } from './selection.ts';
import type { SparseVector } from './points.ts';
import { isNumbers, readSparse, refuseInference } from './vectors.ts';

/** What to be near to: a stored point, or a vector. */
export type Example = { id: PointId } | { dense: readonly number[] } | { sparse: SparseVector };
export type Strategy = 'average_vector' | 'best_score' | 'sum_scores';

export type Query =
  | { kind: 'none' }
  | { kind: 'nearest'; example: Example }
  | { kind: 'recommend'; likes: readonly Example[]; dislikes: readonly Example[]; strategy: Strategy }
  | { kind: 'rrf' }
  | { kind: 'order_by'; key: string }
  | { kind: 'unsupported'; what: string };

export interface QueryRequest {
  prefetch: readonly QueryRequest[];
  query: Query;
  using: string;
  filter: Filter | null;
  exact: boolean;
  rescored: boolean;
  threshold: number | null;
  limit: number;
  offset: number;
  shown: Shown;
}

const badQuery = () => badJson('Expected some form of vector, id, or a type of query');

function readExample(value: unknown): Example {
  const id = toPointId(value);
  if (id !== null) return { id };
  if (isNumbers(value)) return { dense: value };
  if (Array.isArray(value) && value.every((each) => Array.isArray(each))) throw unsupported('multi-vectors');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badQuery();
  refuseInference(value);
  if (!('indices' in value)) throw badQuery();
  return { sparse: readSparse(value, 'internal.query') };
}

const UNSUPPORTED = new Set(['discover', 'context', 'formula', 'sample', 'rrf']);

function readQuery(value: unknown): Query {
  if (value === undefined || value === null) return { kind: 'none' };
  if (typeof value !== 'object' || Array.isArray(value) || 'indices' in value || 'model' in value) {
    return { kind: 'nearest', example: readExample(value) };
  }
  const [kind = '', ...more] = Object.keys(value);
  const inner = (value as Record<string, unknown>)[kind];
  if (more.length > 0) return { kind: 'unsupported', what: `a query of ${kind} with ${more.join(' and ')}` };
  if (kind === 'nearest') return { kind, example: readExample(inner) };
  if (kind === 'recommend') return readRecommend(inner);
  if (kind === 'fusion' && inner === 'rrf') return { kind: 'rrf' };
  if (kind === 'fusion' && inner === 'dbsf') return { kind: 'unsupported', what: 'the fusion dbsf' };
  if (kind === 'order_by' && typeof inner === 'string') return { kind, key: inner };
  if (UNSUPPORTED.has(kind)) return { kind: 'unsupported', what: `a query of the kind ${kind}` };
  throw badQuery();
}

const recommendSchema = z.strictObject({
  positive: z.array(z.unknown()).optional(),
  negative: z.array(z.unknown()).optional(),
  strategy: z.enum(['average_vector', 'best_score', 'sum_scores']).optional(),
});

function readRecommend(value: unknown): Query {
  const { success, data } = recommendSchema.safeParse(value);
  if (!success) throw badQuery();
  const { positive = [], negative = [], strategy = 'average_vector' } = data;
  if (positive.length + negative.length === 0) {
    const message = 'Validation error: At least one positive or negative vector/id must be provided [{}]';
    throw invalidBody(`internal.query.recommend.positives, negatives: ${message}`);
  }
  return {
    kind: 'recommend',
    likes: positive.map(readExample),
    dislikes: negative.map(readExample),
    strategy,
  };
}

const paramsSchema = z.strictObject({
  hnsw_ef: usize.optional(),
  exact: bool.optional(),
  quantization: z
    .strictObject({ ignore: bool.optional(), rescore: bool.optional(), oversampling: z.number().min(1).optional() })
    .nullish(),
  indexed_only: z.literal(false).optional(),
});

const parts = {
  prefetch: z.union([z.array(z.looseObject({})), z.looseObject({}).transform((one) => [one])]).nullish(),
  query: z.unknown().optional().transform(readQuery),
  using: text.nullish(),
  filter: filterAt('internal.filter'),
  params: paramsSchema.nullish(),
  score_threshold: float.nullish(),
  limit: usize.nullish(),
};
const prefetchSchema = z.strictObject(parts);
const requestSchema = z.strictObject({ ...parts, offset: usize.nullish(), ...shownFields });
const batchSchema = z.strictObject({ searches: z.array(z.unknown()) });

export function readQueryRequest(body: unknown, strict: boolean): QueryRequest {
  const given = readBody(requestSchema, body, strict);
  return {
    ...readParts(given, strict),
    offset: given.offset ?? 0,
    shown: { payload: given.with_payload ?? false, vector: given.with_vector ?? false },
  };
}

function readParts(given: z.infer<typeof prefetchSchema>, strict: boolean): QueryRequest {
  const { limit = 10, params } = given;
  if (limit === 0) throw invalidBody('internal.limit: value 0 invalid, must be 1 or larger');
  return {
    prefetch: (given.prefetch ?? []).map((inner) => readParts(readBody(prefetchSchema, inner, strict), strict)),
    query: given.query,
    using: given.using ?? '',
    filter: given.filter,
    exact: params?.exact ?? false,
    rescored: (params?.quantization?.rescore ?? params?.quantization?.ignore) === true,
    threshold: given.score_threshold ?? null,
    limit: limit ?? 10,
    offset: 0,
    shown: { payload: false, vector: false },
  };
}

export function readQueryBatch(body: unknown, strict: boolean): QueryRequest[] {
  const { searches } = readBody(batchSchema, body, strict);
  if (searches.length === 0) throw new Refusal(501, 'The Qdrant double does not know an answer to no searches');
  return searches.map((search) => readQueryRequest(search, strict));
}
