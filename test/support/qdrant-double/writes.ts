import { z } from 'zod';
import type { Collection } from './collection.ts';
import { type PointId } from './ids.ts';
import { mergePayload, omitPaths, type Payload } from './payload-path.ts';
import type { Point } from './points.ts';
import { map, pointId, readBody, text } from './read-body.ts';
import { badJson, badRequest, notFound, Refusal, unsupported } from './refusal.ts';
import { filterAt, pathOf, readSelector, type Selector } from './selection.ts';
import { updateVectors, upsert } from './upserts.ts';

/** A write whose form is right; run on a collection, then under a number. */
export type Write = (collection: Collection) => (operation: number) => void;
type ReadWrite = (body: unknown, strict: boolean) => Write;

const selected = { points: z.array(pointId).optional(), filter: filterAt('filter') };
const payloadSchema = z.strictObject({ payload: map, key: text.optional(), ...selected });
const keysSchema = z.strictObject({ keys: z.array(text), ...selected });
const selectorSchema = z.strictObject(selected);
const vectorNamesSchema = z.strictObject({ vector: z.array(text), ...selected });
const operationsSchema = z.strictObject({ operations: z.array(map) });

function selectorOf(points: PointId[] | undefined, filter: Parameters<typeof readSelector>[1]): Selector {
  const selector = readSelector(points, filter);
  if (!selector) throw badJson('Either list of point ids or filter must be provided');
  if ('ids' in selector && selector.ids.length === 0) throw badRequest('Empty update request');
  return selector;
}

/** Changes the points that are meant; those that are known even when one of the ids is not. */
function changing(selector: Selector, change: (point: Point) => Partial<Point>): Write {
  return (collection) => (operation) => {
    const points =
      'ids' in selector
        ? selector.ids.map((id) => collection.points.get(id))
        : [...collection.matching(selector.filter)];
    for (const point of points) {
      if (point) collection.put(point.id, operation, { ...point, ...change(point) });
    }
    const unknown = points.indexOf(undefined);
    if ('ids' in selector && unknown >= 0) throw notFound(`No point with id ${selector.ids[unknown]} found`);
  };
}

const setPayload: ReadWrite = (body, strict) => {
  const { payload, key, points, filter } = readBody(payloadSchema, body, strict);
  const under = key === undefined ? [] : pathOf(key);
  if (under.some((step) => 'element' in step)) throw unsupported(`setting payload under the list ${key}`);
  const selector = selectorOf(points, filter);
  return changing(selector, (point) => ({ payload: mergePayload(point.payload, payload, under) }));
};

const overwritePayload: ReadWrite = (body, strict) => {
  const { payload, key, points, filter } = readBody(payloadSchema, body, strict);
  if (key !== undefined) throw unsupported('overwriting payload under a key');
  return changing(selectorOf(points, filter), () => ({ payload: mergePayload({}, payload) }));
};

const deletePayload: ReadWrite = (body, strict) => {
  const { keys, points, filter } = readBody(keysSchema, body, strict);
  const paths = keys.map(pathOf);
  return changing(selectorOf(points, filter), ({ payload }) => ({ payload: omitPaths(payload, paths) }));
};

const clearPayload: ReadWrite = (body, strict) => {
  const { points, filter } = readBody(selectorSchema, body, strict);
  return changing(selectorOf(points, filter), () => ({ payload: {} as Payload }));
};

const deleteVectors: ReadWrite = (body, strict) => {
  const { vector, points, filter } = readBody(vectorNamesSchema, body, strict);
  const without = <T>(vectors: Record<string, T>) =>
    Object.fromEntries(Object.entries(vectors).filter(([name]) => !vector.includes(name)));
  return changing(selectorOf(points, filter), ({ dense, sparse }) => ({
    dense: without(dense),
    sparse: without(sparse),
  }));
};

const badSelector = () => badJson('data did not match any variant of untagged enum PointsSelector');

/** By ids, unknown ones too, or by a filter: an empty one is every point, as on a real server. */
const deletePoints: ReadWrite = (body, strict) => {
  const selector = readDelete(body, strict);
  if (!selector) throw badSelector();
  if ('ids' in selector && selector.ids.length === 0) throw badRequest('Empty update request');
  return (collection) => () => {
    const ids = 'ids' in selector ? selector.ids : [...collection.matching(selector.filter)].map(({ id }) => id);
    for (const id of ids) collection.remove(id);
  };
};

function readDelete(body: unknown, strict: boolean): Selector | null {
  try {
    const { points, filter } = readBody(selectorSchema, body, strict);
    return readSelector(points, filter);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status === 501) throw error;
    if (error.status !== 422) throw badSelector();
    // A real server takes a delete by a condition that says nothing. What it deletes was not recorded: here nothing.
    if (strict) throw unsupported('a delete by a condition that says nothing');
    return { filter: { must: [{ kind: 'has_id', ids: [] }], should: [], mustNot: [], minShould: null } };
  }
}

export const WRITES = {
  upsert,
  update_vectors: updateVectors,
  delete_vectors: deleteVectors,
  set_payload: setPayload,
  overwrite_payload: overwritePayload,
  delete_payload: deletePayload,
  clear_payload: clearPayload,
  delete: deletePoints,
} satisfies Record<string, ReadWrite>;

/** Several writes in one body, read as a whole and done one after another until one is refused. */
export function readBatch(body: unknown, strict: boolean): Write[] {
  return readBody(operationsSchema, body, strict).operations.map((operation) => {
    const [kind = '', ...more] = Object.keys(operation);
    if (!Object.hasOwn(WRITES, kind) || more.length > 0) {
      throw badJson('data did not match any variant of untagged enum UpdateOperation');
    }
    return WRITES[kind as keyof typeof WRITES](operation[kind], strict);
  });
}
