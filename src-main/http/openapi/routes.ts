import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { installationRoot } from '../../../src-core/settings/installation.ts';
import { pageHeaders } from '../headers.ts';
import { openApiDocument } from './document.ts';

const PAGE_FILES = {
  '/docs': ['index.html', 'text/html; charset=utf-8'],
  '/docs/docs.css': ['docs.css', 'text/css; charset=utf-8'],
  '/docs/docs.js': ['docs.js', 'text/javascript; charset=utf-8'],
} as const;

/** The API's description, and a page of this server to read and try it. */
export function addDocs(app: FastifyInstance): void {
  let document: ReturnType<typeof openApiDocument> | undefined;
  app.get('/openapi.json', () => (document ??= openApiDocument()));

  for (const [url, [name, type]] of Object.entries(PAGE_FILES)) {
    const file = join(installationRoot(), 'resources', 'api-docs', name);
    app.get(url, async (_request, reply) => {
      const text = await readFile(file, 'utf8');
      return reply
        .headers(pageHeaders(randomBytes(18).toString('base64url')))
        .type(type)
        .send(text);
    });
  }
}
