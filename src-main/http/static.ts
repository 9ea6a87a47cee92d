import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../src-core/domain/app-error.ts';
import { pageHeaders } from './headers.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const PAGE = 'index.html';
/** The builder puts a hash of the content into the names of what lies there. */
const HASHED = '/assets/';
const YEAR = 'public, max-age=31536000, immutable';

/**
 * The web console's files. All are read now, and each gets a route of its own: no part of a request ever becomes a path
 * on the disk.
 */
export async function addStatic(app: FastifyInstance, folder: string): Promise<void> {
  const names = await filesOf(folder);
  if (!names.includes(PAGE)) {
    app.get('/', { config: { isPublic: true } }, () => {
      throw new AppError('NOT_FOUND', 'the web console is not built: npm run build makes it');
    });
    return;
  }
  for (const name of names) {
    const content = await readFile(join(folder, name));
    if (name === PAGE) addPage(app, content.toString('utf8'));
    else addFile(app, `/${name.replaceAll(sep, '/')}`, content);
  }
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function addPage(app: FastifyInstance, html: string): void {
  // The page brings a policy for the desktop window; here the header's takes its place, whose nonce is made for each answer.
  const bare = html.replace(/<meta[^>]*http-equiv="Content-Security-Policy"[^>]*>/i, '');
  app.get('/', { config: { isPublic: true } }, async (_request, reply) => {
    const nonce = randomBytes(18).toString('base64url');
    const page = bare.replace(/<head>/i, `<head>\n    <meta property="csp-nonce" nonce="${nonce}" />`);
    return reply.headers(pageHeaders(nonce)).type(TYPES['.html']!).send(page);
  });
}

function addFile(app: FastifyInstance, url: string, content: Buffer): void {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
  const type = TYPES[extname(url)] ?? 'application/octet-stream';
  const caching = url.startsWith(HASHED) ? YEAR : 'no-cache';
  app.get(url, { config: { isPublic: true } }, async (request, reply) => {
    void reply.headers({ etag, 'cache-control': caching });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type(type).send(content);
  });
}
