import type { OpenAPI } from '@orpc/contract';
import { THUMBNAIL_EDGES } from '../../../src-core/contract/images.ts';
import { LEDGER_OUTCOMES } from '../../../src-core/domain/import.ts';

// Routes that are none of the contract's: they stream, or what they take or answer is no JSON.

type Schema = NonNullable<OpenAPI.ParameterObject['schema']>;

const uuid = { type: 'string', format: 'uuid' } as const;
const text = { type: 'string' } as const;

const inPath = (name: string, schema: Schema): OpenAPI.ParameterObject => ({
  name,
  in: 'path',
  required: true,
  schema,
});

const inQuery = (name: string, schema: Schema, description?: string): OpenAPI.ParameterObject => ({
  name,
  in: 'query',
  schema,
  ...(description !== undefined && { description }),
});

const inHeader = (name: string): OpenAPI.ParameterObject => ({ name, in: 'header', schema: text });

const answer = (description: string, type: string, schema: Schema) => ({
  description,
  content: { [type]: { schema } },
});

const isJson = { type: 'object' } as const;
const catalog = inQuery('catalog', text, 'Name or id; without it all catalogs are asked');
const unchanged = { description: 'The caller has it already.' };

/** By path. The library's types of 3.1 do not hold under exact optional properties; a validator checks the document. */
export const PLAIN_ROUTES: Record<string, object> = {
  '/images/{image_id}/thumbnail': {
    get: {
      operationId: 'images.thumbnail',
      summary: 'A small picture, upright and never enlarged',
      parameters: [
        inPath('image_id', uuid),
        catalog,
        inQuery('edge', { type: 'integer', enum: [...THUMBNAIL_EDGES], default: 256 }, 'It fits into such a square'),
        inHeader('If-None-Match'),
      ],
      responses: { 200: answer('The thumbnail.', 'image/webp', {}), 304: unchanged },
    },
  },
  '/images/{image_id}/file': {
    get: {
      operationId: 'images.file',
      summary: 'The picture file itself, or a part of it',
      parameters: [
        inPath('image_id', uuid),
        catalog,
        inHeader('Range'),
        inHeader('If-Range'),
        inHeader('If-None-Match'),
      ],
      responses: {
        200: answer('The whole file.', 'image/*', {}),
        206: answer('The bytes that were asked for.', 'image/*', {}),
        304: unchanged,
        416: { description: 'The file has no such bytes.' },
      },
    },
  },
  '/imports/{import_id}/ledger.csv': {
    get: {
      operationId: 'imports.ledgerCsv',
      summary: 'What became of each file, as CSV',
      parameters: [
        inPath('import_id', uuid),
        inQuery('outcome', text, `Some of ${LEDGER_OUTCOMES.join(', ')}, parted by commas`),
        inQuery('code', text, 'Error codes, parted by commas'),
      ],
      responses: { 200: answer('A header and a line for each file.', 'text/csv', text) },
    },
  },
  '/queue/tasks.csv': {
    get: {
      operationId: 'queue.tasksCsv',
      summary: 'Tasks that match, as CSV; the same fields as of /queue/tasks choose them',
      responses: { 200: answer('A header and a line for each task.', 'text/csv', text) },
    },
  },
  '/health': {
    get: {
      operationId: 'health',
      summary: 'Whether the server is alive',
      security: [],
      responses: { 200: answer('It is.', 'application/json', isJson) },
    },
  },
  '/ready': {
    get: {
      operationId: 'ready',
      summary: 'Whether queue, store and fleet can work; with a token it says what is wrong',
      security: [],
      responses: {
        200: answer('They can.', 'application/json', isJson),
        503: answer('They cannot.', 'application/json', isJson),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'The fleet’s numbers for Prometheus',
      responses: { 200: answer('Text format 0.0.4.', 'text/plain', text) },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      summary: 'This document',
      responses: { 200: answer('OpenAPI 3.1.', 'application/json', isJson) },
    },
  },
  '/docs': {
    get: {
      operationId: 'docs',
      summary: 'A page to read and try the API',
      responses: { 200: answer('The page.', 'text/html', text) },
    },
  },
};

/** `POST /search` with a picture in its body. */
export const SEARCH_UPLOAD: OpenAPI.MediaTypeObject = {
  schema: {
    type: 'object',
    required: ['picture'],
    properties: {
      picture: { type: 'string', contentMediaType: 'application/octet-stream', description: 'Any name will do.' },
      text,
      filter: { type: 'array', items: text },
      limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 10 },
      min_score: { type: 'number', minimum: -1, maximum: 1 },
      catalog: text,
    },
  },
};
