import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../src-core/domain/app-error.ts';

/**
 * Ends what takes longer than `handlerTimeout` of its route, else `defaultMs`. Fastify's own limit and its `request.signal`
 * go by the `close` of the request, which Node emits as soon as a body has been read: for a POST both end at once.
 */
export function limitTime(app: FastifyInstance, defaultMs: number): void {
  app.decorateRequest('until', null as never);
  app.addHook('onRequest', async (request, reply) => {
    const over = new AbortController();
    request.until = over.signal;
    const limitMs = request.routeOptions.handlerTimeout || defaultMs;
    const timer = setTimeout(() => {
      const late = new AppError('REQUEST_TIMEOUT', `there was no answer within ${limitMs} ms`);
      if (endLate(request, reply, late)) over.abort(late);
    }, limitMs).unref();
    const answered = (): void => clearTimeout(timer);
    reply.raw.once('finish', answered).once('close', () => {
      answered();
      if (!reply.raw.writableFinished) over.abort(new AppError('CANCELLED', 'the caller has gone'));
    });
  });
}

/** Whether it was ended. A stream of events has no end to wait for; another one can only be cut off when it has begun. */
function endLate(request: FastifyRequest, reply: FastifyReply, late: AppError): boolean {
  const { raw } = reply;
  if (!raw.headersSent && !reply.sent) {
    void reply.send(late);
    return true;
  }
  if (raw.writableEnded || String(raw.getHeader('content-type')).startsWith('text/event-stream')) return false;
  request.log.warn({ error: late }, 'an answer was cut off');
  raw.destroy();
  return true;
}
