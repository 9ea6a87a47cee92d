import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { Door } from './door.ts';
import { callerOf, createRateLimit, tooMany } from './limits.ts';
import { changesNothing, needsFullToken } from './reads.ts';
import type { Access } from './token.ts';

export interface AccessOptions {
  /** Null: everybody who reaches the port is let in. */
  token: string | null;
  /** Lets dashboards look and change nothing. Null: there is none. */
  readOnlyToken?: string | null;
  /** Names that this server is called by, beside `localhost` and plain addresses. */
  allowedHosts: readonly string[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null: the caller is nobody we know. */
    access: Access | null;
  }
  interface FastifyContextConfig {
    /** Anybody may have it: a file of the console. */
    isPublic?: boolean;
  }
}

/** Answered without a token, beside the console's files. */
const OPEN = new Set(['/health', '/ready', '/session', '/sign-in', '/sign-out']);

/** Checks who calls before anything of a request is read. `door` is null where everybody is let in. */
export function guardAccess(app: FastifyInstance, allowedHosts: readonly string[], door: Door | null): void {
  const names = new Set(['localhost', ...allowedHosts.map((name) => name.toLowerCase())]);

  app.decorateRequest('access', null);
  // A caller says the same name each time, and taking it apart costs more than all other checks.
  let lastHost: string | null = null;
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.host !== lastHost) checkHost(request, names);
    lastHost = request.host;
    checkOrigin(request);
    const { url = '', config } = request.routeOptions;
    if (!config.isPublic) {
      request.access = door ? door.identify(request) : 'full';
      if (!OPEN.has(url)) checkAccess(request);
    }
    done();
  });
}

function checkAccess({ access, method, url, routeOptions }: FastifyRequest): void {
  if (access === null) throw new AppError('UNAUTHORIZED', 'this needs a token, and none or another one was sent');
  if (access === 'read' && !changesNothing(method, url.split('?')[0]!)) {
    throw new AppError('FORBIDDEN', 'a read-only token was sent, which lets nobody change anything');
  }
  if (access === 'read' && needsFullToken(routeOptions.url)) {
    throw new AppError('FORBIDDEN', 'a read-only token was sent, and this needs the full one');
  }
}

/** Whether the caller may see more than yes or no. */
export function isKnown({ access }: FastifyRequest): boolean {
  return access !== null;
}

/** Holds up who calls too often, whoever it is. Health is asked by those who would else restart us. */
export function limitRate(app: FastifyInstance, perMinute: number): void {
  if (perMinute === 0) return;
  const limit = createRateLimit(perMinute);
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.routeOptions.url === '/health') return;
    const allowance = limit.take(callerOf(request.ip));
    const { remaining, resetsIn, ok } = allowance;
    void reply.headers({
      'ratelimit-limit': perMinute,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': resetsIn,
    });
    if (!ok) throw tooMany('too many requests', allowance);
  });
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
  if (origin === undefined || isOwn(origin, host)) return;
  throw new AppError('FORBIDDEN', `pages of "${origin}" may not call this server`);
}

/** The scheme is not compared: a proxy may have taken TLS off. It decides the port where none is named. */
function isOwn(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  return ['http:', 'https:'].includes(protocol) && own === new URL(`${protocol}//${host}`).host;
}

/** Without port and brackets, lower case; null where it is none. */
function hostName(host: string): string | null {
  if (!URL.canParse(`http://${host}`)) return null;
  const { hostname, pathname, username, search, hash } = new URL(`http://${host}`);
  return pathname === '/' && [username, search, hash].every((part) => part === '')
    ? hostname.replace(/^\[|\]$/g, '')
    : null;
}
