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

const inHeader = (name: string, description?: string): OpenAPI.ParameterObject => ({
  name,
  in: 'header',
  schema: text,
  ...(description !== undefined && { description }),
});

const answer = (description: string, type: string, schema: Schema) => ({
  description,
  content: { [type]: { schema } },
});

const ofUpload = [inPath('upload_id', uuid), inPath('path', text)];
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
  '/uploads/{upload_id}/files/{path}': {
    put: {
      operationId: 'uploads.put',
      summary: 'A file of a set, or a piece of it; the path may have slashes',
      parameters: [
        ...ofUpload,
        inHeader('Upload-Offset', 'Where the piece begins; 0 where it is left out'),
        inHeader('Upload-Length', 'Of the whole file; what is sent ends it where this is left out'),
        inHeader('Content-Range', 'Both in one: bytes 0-99/200'),
      ],
      requestBody: { content: { 'application/octet-stream': {} } },
      responses: { 200: answer('How far it is.', 'application/json', isJson) },
    },
    get: {
      operationId: 'uploads.look',
      summary: 'How far a file of a set is, in the header Upload-Offset too',
      parameters: ofUpload,
      responses: { 200: answer('How far it is.', 'application/json', isJson) },
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
  '/duplicates.csv': {
    get: {
      operationId: 'duplicates.csv',
      summary: 'Groups of duplicates as CSV; the same fields as of /duplicates/groups choose them',
      parameters: [
        inQuery('keep', text, 'Rules parted by commas: largest, oldest, folder:PATH; the choice is told then'),
      ],
      responses: { 200: answer('A header and a line for each picture.', 'text/csv', text) },
    },
  },
  '/queue/tasks.csv': {
    get: {
      operationId: 'queue.tasksCsv',
      summary: 'Tasks that match, as CSV; the same fields as of /queue/tasks choose them',
      responses: { 200: answer('A header and a line for each task.', 'text/csv', text) },
    },
  },
  '/support-bundle': {
    get: {
      operationId: 'supportBundle',
      summary: 'What helps to find out what is wrong, without secrets; needs the full token',
      responses: { 200: answer('A zip.', 'application/zip', {}) },
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
      like: { type: 'array', items: text, description: 'Ids of stored pictures' },
      unlike: { type: 'array', items: text, description: 'Ids of stored pictures' },
      limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 10 },
      min_score: { type: 'number', minimum: -1, maximum: 1 },
      region: { ...text, description: 'What is cut out of the picture: x,y,width,height in shares of it' },
      catalog: text,
    },
  },
};
