import type { OpenAPI } from '@orpc/contract';
import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from '../../../src-core/contract/contract.ts';
import { ERROR_CODES } from '../../../src-core/domain/app-error.ts';
import { installedVersion } from '../../../src-core/settings/installation.ts';
import { PLAIN_ROUTES, SEARCH_UPLOAD } from './plain-routes.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const PROBLEM = {
  type: 'object',
  description: 'What went wrong (RFC 9457); docs/errors.md lists the codes.',
  required: ['type', 'title', 'status', 'detail', 'code', 'todo'],
  properties: {
    type: { const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { enum: ERROR_CODES },
    todo: { type: 'string', description: 'What a person can do.' },
    errors: {
      type: 'array',
      description: 'The fields that were refused.',
      items: {
        type: 'object',
        required: ['field', 'problem'],
        properties: { field: { type: 'string' }, problem: { type: 'string' } },
      },
    },
    request_id: { type: 'string' },
  },
} as const;

/** The whole API in OpenAPI 3.1: what the contract says, and the routes that stream or answer pictures. */
export async function openApiDocument(): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: {
      title: 'Imagefleet',
      version: installedVersion(),
      description:
        'Index pictures with a fleet of workers, and find them again. Field names are snake_case, times ISO 8601 in UTC. Every error is application/problem+json.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    components: {
      schemas: { Problem: PROBLEM as unknown as OpenAPI.SchemaObject },
      responses: {
        Problem: {
          description: 'It could not be done.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'As "imagefleet token" prints it.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'imagefleet_session',
          description: 'Of a browser that signed in.',
        },
      },
    },
  });
  const paths = { ...document.paths };
  for (const [path, item] of Object.entries(PLAIN_ROUTES)) paths[path] = { ...paths[path], ...item };
  addUpload(paths);
  addFilter(paths, '/queue/tasks', '/queue/tasks.csv');
  addFilter(paths, '/duplicates/groups', '/duplicates.csv');
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item?.[method];
      if (!operation) continue;
      operation.parameters?.forEach(asWeReadIt);
      operation.tags = [path.split('/')[1]!];
      operation.responses = { ...operation.responses, default: { $ref: '#/components/responses/Problem' } };
    }
  }
  return { ...document, paths };
}

/** A table is chosen as its pages are. */
function addFilter(paths: OpenAPI.PathsObject, listed: `/${string}`, exported: `/${string}`): void {
  const [pages, csv] = [paths[listed]?.get, paths[exported]?.get];
  if (!pages?.parameters || !csv) return;
  const ofPages = new Set(['limit', 'cursor']);
  const chosen = pages.parameters.filter((one) => !('name' in one && ofPages.has(one.name)));
  csv.parameters = [...chosen, ...(csv.parameters ?? [])];
}

/** A list is a field that is repeated; the generator means another way, that of its own server. */
function asWeReadIt(parameter: OpenAPI.ParameterObject | OpenAPI.ReferenceObject): void {
  if (!('in' in parameter) || parameter.in !== 'query') return;
  delete parameter.allowEmptyValue;
  delete parameter.allowReserved;
  if (parameter.style === 'deepObject') Object.assign(parameter, { style: 'form', explode: true });
}

/** The same path takes a picture in its body too. */
function addUpload(paths: OpenAPI.PathsObject): void {
  const body = paths['/search']?.post?.requestBody;
  if (body && 'content' in body) body.content['multipart/form-data'] = SEARCH_UPLOAD;
}
