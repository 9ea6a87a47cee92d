import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError, parseOrThrow } from '../../src-core/domain/app-error.ts';
import type { Door } from './door.ts';
import type { Access } from './token.ts';

const code = z.strictObject({ code: z.string().max(200) });
const token = z.strictObject({ token: z.string().max(200) });

/**
 * How a browser signs in: by a one-time link, or by the token in a form of the console. Then it holds a cookie. Without a
 * door everybody is in already.
 */
export function addSessionRoutes(app: FastifyInstance, door: Door | null): void {
  // HEAD would use the code up: whoever looks at a link before it is opened sends it.
  app.get('/sign-in', { exposeHeadRoute: false }, async (request, reply) => {
    if (!door) return reply.redirect('/', 303);
    if (isPrefetch(request)) throw new AppError('FORBIDDEN', 'the link works once, and is not to be fetched ahead');
    const access = door.byCode(request.ip, parseOrThrow(code, request.query, 'sign-in').code);
    if (access === null) throw new AppError('UNAUTHORIZED', 'this link was used before, or is older than an hour');
    return signIn(request, reply, door, access).redirect('/', 303);
  });

  app.post('/sign-in', async (request, reply) => {
    if (!door) return reply.code(204).send();
    const access = door.byToken(request.ip, parseOrThrow(token, request.body, 'sign-in').token);
    if (access === null) throw new AppError('UNAUTHORIZED', 'this is not the token of this server');
    return signIn(request, reply, door, access).code(204).send();
  });

  app.post('/sign-in/link', async () => {
    if (!door) throw new AppError('CONFLICT', 'this server asks nobody for a token: open its address');
    const { code: made, expiresAt } = door.codes.make();
    return { path: signInPath(made), expires_at: new Date(expiresAt).toISOString() };
  });

  app.post('/sign-out', async (_request, reply) => {
    if (door) void reply.header('set-cookie', door.sessions.close());
    return reply.code(204).send();
  });

  // Who has not signed in asks for it too: that nobody is in is an answer then.
  app.get('/session', { config: { isQuiet: true } }, async ({ access }) => ({ access }));
}

export function signInPath(made: string): string {
  return `/sign-in?code=${made}`;
}

function signIn(request: FastifyRequest, reply: FastifyReply, { sessions }: Door, access: Access): FastifyReply {
  // Said by the proxy that took TLS off; who says it without one only hurts its own cookie.
  const secure = request.headers['x-forwarded-proto'] === 'https';
  return reply.header('set-cookie', sessions.open(access, secure));
}

function isPrefetch({ headers }: FastifyRequest): boolean {
  return [headers['sec-purpose'], headers.purpose, headers['x-moz']].some((said) => /prefetch/.test(String(said)));
}
