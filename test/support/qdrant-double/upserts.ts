import { z } from 'zod';
import type { Collection } from './collection.ts';
import { compileFilter } from './filter-match.ts';
import type { PointId } from './ids.ts';
import type { Payload } from './payload-path.ts';
import { map, pointId, readBody } from './read-body.ts';
import { badJson, badRequest, invalidBody, notFound, wrongInput } from './refusal.ts';
import { filterAt } from './selection.ts';
import { readVectorStruct, toStored, type VectorStruct } from './vectors.ts';

type Apply = (operation: number) => void;

const pointSchema = z.strictObject({ id: pointId, vector: z.unknown().optional(), payload: map.nullish() });
const fence = { update_filter: filterAt('update_filter') };
const listSchema = z.strictObject({ points: z.array(pointSchema), ...fence });
const columnsSchema = z.strictObject({
  batch: z.strictObject({
    ids: z.array(pointId),
    vectors: z.array(z.unknown()),
    payloads: z.array(map.nullable()).optional(),
  }),
  ...fence,
});
const vectorsSchema = z.strictObject({
  points: z.array(z.strictObject({ id: pointId, vector: z.unknown().optional() })),
  ...fence,
});

interface Row {
  id: PointId;
  vector: VectorStruct;
  payload: Payload;
}

function readRows(body: unknown, strict: boolean) {
  const kind = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  if ('batch' in kind) return readColumns(body, strict);
  if (!('points' in kind)) throw badJson('Invalid PointInsertOperations format');
  const { points, update_filter } = readBody(listSchema, body, strict);
  const rows = points.map(({ id, vector, payload }, at): Row => {
    return { id, vector: readVectorStruct(vector, `points[${at}]`), payload: payload ?? {} };
  });
  return { rows, update_filter };
}

function readColumns(body: unknown, strict: boolean) {
  const { batch, update_filter } = readBody(columnsSchema, body, strict);
  const { ids, vectors, payloads } = batch;
  if (ids.length !== vectors.length) {
    throw invalidBody(`batch.batch: number of ids and vectors must be equal (${ids.length} != ${vectors.length})`);
  }
  if (payloads && ids.length !== payloads.length) {
    throw invalidBody(`batch.batch: number of ids and payloads must be equal (${ids.length} != ${payloads.length})`);
  }
  const rows = ids.map((id, at): Row => {
    return { id, vector: readVectorStruct(vectors[at], `batch.vectors[${at}]`), payload: payloads?.[at] ?? {} };
  });
  return { rows, update_filter };
}

/**
 * Writes points whole. With a vector that does not fit, those before it are written and the rest is not: the answer is
 * a refusal that is half done, as a real server's is.
 */
export function upsert(body: unknown, strict: boolean): (collection: Collection) => Apply {
  const { rows, update_filter: filter } = readRows(body, strict);
  if (rows.length === 0) throw badRequest('Empty update request');
  return (collection) => (operation) => {
    const mayReplace = filter && compileFilter(filter, collection.indexes);
    for (const { id, vector, payload } of rows) {
      const known = collection.points.get(id);
      const stored = storedVectors(vector, collection);
      if (!known || !mayReplace || mayReplace(known)) collection.put(id, operation, { payload, ...stored });
    }
  };
}

/** Replaces the vectors that are named; the others and the payload stay. */
export function updateVectors(body: unknown, strict: boolean): (collection: Collection) => Apply {
  const { points, update_filter: filter } = readBody(vectorsSchema, body, strict);
  const rows = points.map(({ id, vector }, at) => ({ id, vector: readVectorStruct(vector, `points[${at}]`) }));
  if (rows.length === 0) throw badRequest('Empty update request');
  return (collection) => (operation) => {
    const mayChange = filter && compileFilter(filter, collection.indexes);
    const unknown: PointId[] = [];
    for (const { id, vector } of rows) {
      const known = collection.points.get(id);
      const stored = storedVectors(vector, collection);
      if (!known) unknown.push(id);
      else if (!mayChange || mayChange(known)) {
        const dense = { ...known.dense, ...stored.dense };
        const sparse = { ...known.sparse, ...stored.sparse };
        collection.put(id, operation, { payload: known.payload, dense, sparse });
      }
    }
    if (unknown.length > 0 && !filter) throw notFound(`No point with id ${unknown[0]} found`);
  };
}

function storedVectors({ dense, sparse }: VectorStruct, collection: Collection) {
  const unknown =
    Object.keys(dense).find((name) => !Object.hasOwn(collection.dense, name)) ??
    Object.keys(sparse).find((name) => !collection.sparse.has(name));
  if (unknown !== undefined) throw wrongInput(`Not existing vector name error: ${unknown}`);
  const stored = Object.entries(dense).map(([name, vector]) => [
    name,
    toStored(vector, collection.dense[name]!, collection.memory[name]),
  ]);
  return { dense: Object.fromEntries(stored) as Record<string, Float32Array>, sparse };
}
