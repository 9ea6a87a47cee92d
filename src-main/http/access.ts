import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../src-core/domain/app-error.ts';
import { isToken } from './token.ts';

export interface AccessOptions {
  /** Null: everybody who reaches the port is let in. */
  token: string | null;
  /** Names that this server is called by, beside `localhost` and plain addresses. */
  allowedHosts: readonly string[];
}

/** Answered without a token. */
const OPEN = new Set(['/health', '/ready']);

/** Checks who calls before anything of a request is read. */
export function guardAccess(app: FastifyInstance, { token, allowedHosts }: AccessOptions): void {
  const names = new Set(['localhost', ...allowedHosts.map((name) => name.toLowerCase())]);

  app.addHook('onRequest', async (request) => {
    checkHost(request, names);
    checkOrigin(request);
    if (!OPEN.has(request.routeOptions.url ?? '') && !isKnown(request, token)) {
      throw new AppError('UNAUTHORIZED', 'this needs a token, and none or another one was sent');
    }
  });
}

/** Whether the caller may see more than yes or no. */
export function isKnown({ headers }: FastifyRequest, token: string | null): boolean {
  if (token === null) return true;
  const given = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return given !== undefined && isToken(given, token);
}

/** A page whose name was made to lead here (DNS rebinding) sends that name. */
function checkHost({ host }: FastifyRequest, names: ReadonlySet<string>): void {
  const name = hostName(host);
  if (name !== null && (isIP(name) !== 0 || names.has(name))) return;
  throw new AppError('FORBIDDEN', `this server is not called "${host}"; --allowed-host adds a name`);
}

/** A page of another site may send some requests without asking (CSRF); the browser says where it comes from. */
function checkOrigin({ headers, host }: FastifyRequest): void {
  const { origin } = headers;
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase())) return;
  throw new AppError('FORBIDDEN', `pages of "${origin}" may not call this server`);
}

/** Without port and brackets, lower case; null where it is none. */
function hostName(host: string): string | null {
  if (!URL.canParse(`http://${host}`)) return null;
  const { hostname, pathname, username } = new URL(`http://${host}`);
  return pathname === '/' && username === '' ? hostname.replace(/^\[|\]$/g, '') : null;
}
