import { z } from 'zod';
import type { Collection } from './collection.ts';
import type { Point } from './points.ts';
import { valuesAt } from './payload-path.ts';
import { bool, pointId, readBody, text, usize } from './read-body.ts';
import { invalidBody, unsupported, wrongInput } from './refusal.ts';
import { filterAt, showPoint, type Shown, shownFields } from './selection.ts';

const INDEXING =
  'Check https://qdrant.tech/documentation/concepts/indexing/#payload-index to see which payload schemas support';

const retrieveSchema = z.strictObject({ ids: z.array(pointId), ...shownFields });

/** Unknown ids are left out. */
export function retrieve(body: unknown, strict: boolean) {
  const { ids, with_payload, with_vector } = readBody(retrieveSchema, body, strict);
  const shown: Shown = { payload: with_payload ?? false, vector: with_vector ?? false };
  return ({ points }: Collection) => {
    const found = ids.map((id) => points.get(id)).filter((point) => point !== undefined);
    return found.map((point) => ({ id: point.id, ...showPoint(point, shown) }));
  };
}

const orderSchema = z.strictObject({
  key: text,
  direction: z.enum(['asc', 'desc']).optional(),
  start_from: z.number().nullish(),
});
const scrollSchema = z.strictObject({
  offset: pointId.nullish(),
  limit: usize.optional(),
  filter: filterAt('scroll_request.filter'),
  order_by: z.union([z.string().transform((key) => ({ key })), orderSchema]).nullish(),
  ...shownFields,
});

export function scroll(body: unknown, strict: boolean) {
  const given = readBody(scrollSchema, body, strict);
  const { limit = 10, offset, filter, order_by: order } = given;
  if (limit === 0) throw invalidBody('scroll_request.limit: value 0 invalid, must be 1 or larger');
  const shown: Shown = { payload: given.with_payload ?? true, vector: given.with_vector ?? false };
  return (collection: Collection) => {
    if (order) {
      if (offset !== undefined && offset !== null) throw wrongInput(NO_OFFSET);
      const points = inOrderOf(order, collection.matching(filter), collection).slice(0, limit);
      return {
        points: points.map(({ point, value }) => ({
          id: point.id,
          ...showPoint(point, shown),
          order_value: value,
        })),
        next_page_offset: null,
      };
    }
    const page: Point[] = [];
    for (const point of collection.scroll(filter, offset ?? null)) if (page.push(point) > limit) break;
    return {
      points: page.slice(0, limit).map((point) => ({ id: point.id, ...showPoint(point, shown) })),
      next_page_offset: page[limit]?.id ?? null,
    };
  };
}

const NO_OFFSET =
  'Cannot use an `offset` when using `order_by`. The alternative for paging is to use `order_by.start_from` and a ' +
  "filter to exclude the IDs that you've already seen for the `order_by.start_from` value";

/** `order_by` needs an index that keeps ranges. */
export function requireRangeIndex(key: string, { indexes }: Collection) {
  const index = indexes.get(key);
  if (index?.kind === 'datetime') throw unsupported('order_by on a datetime index');
  if (index?.kind === 'integer' || index?.kind === 'float') return index;
  throw wrongInput(
    `No range index for \`order_by\` key: \`${key}\`. Please create one to use \`order_by\`. ${INDEXING} Range conditions`,
  );
}

function inOrderOf(order: z.infer<typeof orderSchema>, points: Iterable<Point>, collection: Collection) {
  const { path, kind } = requireRangeIndex(order.key, collection);
  const sign = order.direction === 'desc' ? -1 : 1;
  const start = order.start_from ?? -sign * Infinity;
  const isOf = kind === 'integer' ? Number.isInteger : Number.isFinite;
  const valued = [...points].flatMap((point) =>
    valuesAt(point.payload, path).flatMap((value) => (isOf(value) ? [{ point, value: Number(value) }] : [])),
  );
  return valued.filter(({ value }) => sign * (value - start) >= 0).toSorted((a, b) => sign * (a.value - b.value));
}

const countSchema = z.strictObject({ filter: filterAt('count_request.filter'), exact: bool.optional() });

/** Always exact, which is one of the answers that a real server may give to a request for about how many. */
export function count(body: unknown, strict: boolean) {
  const { filter } = readBody(countSchema, body, strict);
  return (collection: Collection) => {
    if (!filter) return { count: collection.points.size };
    let count = 0;
    for (const _ of collection.matching(filter)) count++;
    return { count };
  };
}

const facetSchema = z.strictObject({
  key: text,
  limit: usize.optional(),
  filter: filterAt('facet_request.filter'),
  exact: bool.optional(),
});

/** Most frequent first. */
export function facet(body: unknown, strict: boolean) {
  const { key, limit = 10, filter } = readBody(facetSchema, body, strict);
  if (limit === 0) throw invalidBody('facet_request.limit: value 0 invalid, must be 1 or larger');
  return (collection: Collection) => {
    const index = collection.indexes.get(key);
    if (!index || !['keyword', 'integer', 'bool', 'uuid'].includes(index.kind)) {
      throw wrongInput(
        `No appropriate index for faceting: \`${key}\`. Please create one to facet on this field. ${INDEXING} Match conditions`,
      );
    }
    const matching = filter && new Set(collection.matching(filter));
    const hits = [...index.points].map(([value, points]) => ({
      value,
      count: matching ? shared(matching, points) : points.size,
    }));
    const found = hits.filter(({ count }) => count > 0);
    return { hits: found.toSorted((a, b) => b.count - a.count || compareValues(a.value, b.value)).slice(0, limit) };
  };
}

function shared<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  let count = 0;
  for (const each of few) if (many.has(each)) count++;
  return count;
}

const compareValues = <T extends string | number | boolean>(a: T, b: T): number => (a < b ? -1 : Number(a > b));
