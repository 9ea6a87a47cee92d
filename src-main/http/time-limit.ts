import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../src-core/domain/app-error.ts';

/**
 * Ends what takes longer than `handlerTimeout` of its route, else `defaultMs`. Fastify's own limit goes by the `close` of
 * the request, which Node emits as soon as a body has been read: for a POST it would never be kept.
 */
export function limitTime(app: FastifyInstance, defaultMs: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    const limitMs = request.routeOptions.handlerTimeout || defaultMs;
    const timer = setTimeout(() => {
      endLate(request, reply, new AppError('REQUEST_TIMEOUT', `there was no answer within ${limitMs} ms`));
    }, limitMs).unref();
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}

/** A stream of events has no end to wait for; another one can only be cut off when it has begun. */
function endLate(request: FastifyRequest, reply: FastifyReply, late: AppError): void {
  const { raw } = reply;
  if (!raw.headersSent && !reply.sent) {
    void reply.send(late);
    return;
  }
  if (raw.writableEnded || String(raw.getHeader('content-type')).startsWith('text/event-stream')) return;
  request.log.warn({ error: late }, 'an answer was cut off');
  raw.destroy();
}
