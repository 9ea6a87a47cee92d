import { z } from 'zod';
import type { Collection } from './collection.ts';
import { idFromPath } from './ids.ts';
import { readIndexSchema } from './payload-index.ts';
import { readQueryBatch, readQueryRequest } from './query-grammar.ts';
import { answerQuery } from './query.ts';
import { readBody, text } from './read-body.ts';
import { count, facet, retrieve, scroll } from './reads.ts';
import { badRequest, notFound, wrongInput } from './refusal.ts';
import { showPoint } from './selection.ts';
import type { ServerState } from './server-state.ts';
import { readBatch, type Write, WRITES } from './writes.ts';

export interface Call {
  state: ServerState;
  strict: boolean;
  /** Decoded parts of the path that the route leaves open. */
  name: string;
  part: string;
  wait: boolean;
  body: () => unknown;
}

export interface Route {
  method: string;
  /** `:name` is the collection, `:part` another open part. */
  path: string;
  writes: boolean;
  answer(call: Call): unknown;
}

const points = '/collections/:name/points';
const indexSchema = z.strictObject({ field_name: text, field_schema: z.unknown().optional() });

function read(method: string, path: string, answer: Route['answer']): Route {
  return { method, path, writes: false, answer };
}

function change(method: string, path: string, answer: Route['answer']): Route {
  return { method, path, writes: true, answer };
}

/** Reads with a body: the body is read first, then the collection is looked for. */
function reading(path: string, parse: (body: unknown, strict: boolean) => (of: Collection) => unknown): Route {
  return read('POST', path, ({ state, name, body, strict }) => {
    const answer = parse(body(), strict);
    return answer(state.get(name));
  });
}

function writing(method: string, path: string, parse: (body: unknown, strict: boolean) => Write): Route {
  return change(method, path, ({ state, name, body, strict, wait }) => {
    const write = parse(body(), strict);
    const collection = state.get(name);
    return collection.write(wait, write(collection));
  });
}

function changingIndex(call: Call, apply: (collection: Collection) => void) {
  const collection = call.state.get(call.name);
  collection.skipOperation();
  return collection.write(call.wait, () => apply(collection));
}

function getPoint({ state, name, part }: Call) {
  const id = idFromPath(part);
  if (id === null) throw wrongInput(`Can not recognize ${JSON.stringify(part)} as point id`);
  const point = state.get(name).points.get(id);
  if (!point) throw notFound(`Point with id ${id} does not exists!`);
  return { id, ...showPoint(point, { payload: true, vector: true }) };
}

function createIndex(call: Call) {
  const { field_name: field, field_schema: given } = readBody(indexSchema, call.body(), call.strict);
  if (given === undefined || given === null) {
    throw badRequest("Can't auto-detect field type, please specify `field_schema` in the request");
  }
  const schema = readIndexSchema(given);
  return changingIndex(call, (collection) => collection.createIndex(field, schema));
}

export const ROUTES: readonly Route[] = [
  read('GET', '/collections', ({ state }) => ({ collections: state.names().map((name) => ({ name })) })),
  read('GET', '/aliases', ({ state }) => ({ aliases: state.aliases() })),
  change('POST', '/collections/aliases', ({ state, body }) => {
    state.changeAliases(body());
    return true;
  }),
  read('GET', '/collections/:name', ({ state, name }) => state.get(name).info()),
  change('PUT', '/collections/:name', ({ state, name, body }) => {
    state.create(name, body());
    return true;
  }),
  change('PATCH', '/collections/:name', ({ state, name, body }) => {
    const given = body();
    state.get(name).change(given);
    return true;
  }),
  change('DELETE', '/collections/:name', ({ state, name }) => state.delete(name)),
  read('GET', '/collections/:name/exists', ({ state, name }) => ({ exists: state.find(name) !== undefined })),
  read('GET', '/collections/:name/aliases', ({ state, name }) => ({ aliases: state.aliases(name) })),
  change('PUT', '/collections/:name/index', createIndex),
  change('DELETE', '/collections/:name/index/:part', (call) =>
    changingIndex(call, (collection) => collection.indexes.delete(call.part)),
  ),
  read('GET', `${points}/:part`, getPoint),
  reading(points, retrieve),
  reading(`${points}/scroll`, scroll),
  reading(`${points}/count`, count),
  reading('/collections/:name/facet', facet),
  reading(`${points}/query`, (body, strict) => {
    const request = readQueryRequest(body, strict);
    return (collection) => answerQuery(request, collection, strict);
  }),
  reading(`${points}/query/batch`, (body, strict) => {
    const requests = readQueryBatch(body, strict);
    return (collection) => requests.map((request) => answerQuery(request, collection, strict));
  }),
  writing('PUT', points, WRITES.upsert),
  writing('POST', `${points}/delete`, WRITES.delete),
  writing('PUT', `${points}/vectors`, WRITES.update_vectors),
  writing('POST', `${points}/vectors/delete`, WRITES.delete_vectors),
  writing('POST', `${points}/payload`, WRITES.set_payload),
  writing('PUT', `${points}/payload`, WRITES.overwrite_payload),
  writing('POST', `${points}/payload/delete`, WRITES.delete_payload),
  writing('POST', `${points}/payload/clear`, WRITES.clear_payload),
  change('POST', `${points}/batch`, ({ state, name, body, strict, wait }) => {
    const writes = readBatch(body(), strict);
    const collection = state.get(name);
    return writes.map((write) => collection.write(wait, write(collection)));
  }),
];

/** What a real server serves beside that, answered with 501. */
export const NOT_DONE: readonly RegExp[] = [
  /^\/(telemetry|metrics|issues|cluster|snapshots)(\/|$)/,
  /^\/collections\/[^/]+\/(shards|cluster|snapshots)(\/|$)/,
  /^\/collections\/[^/]+\/points\/(search|recommend|discover|query\/groups)(\/|$)/,
];
