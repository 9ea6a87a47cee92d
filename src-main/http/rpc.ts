import { ORPCError, type AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ERRORS } from '../../src-core/domain/app-error.ts';
import type { Caller } from './caller.ts';
import { endWithToken, isEventStream } from './event-stream.ts';
import { errorOf } from './problem.ts';

const PREFIX = '/rpc';

/**
 * The same procedures as typed calls of our own renderer and of programs that have the contract: `POST /rpc/queue/stats`.
 * Methods that change things are POST only, and errors carry our code, so that `fromRpc` of a client makes an AppError.
 */
export function addRpc(app: FastifyInstance, router: AnyRouter): void {
  const handler = new RPCHandler(router, {
    clientInterceptors: [
      async ({ next }) => {
        try {
          return await next();
        } catch (thrown) {
          throw toRpc(thrown);
        }
      },
    ],
  });
  app.post(`${PREFIX}/*`, { onSend: endStreamWithToken, config: { isQuiet: true } }, async (request, reply) => {
    const { matched } = await handler.handle(request, reply, {
      prefix: PREFIX,
      context: { by: 'console' } satisfies Caller,
    });
    if (!matched) throw new AppError('NOT_FOUND', `there is no procedure ${request.url.slice(PREFIX.length)}`);
  });
}

async function endStreamWithToken(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isEventStream(reply)) endWithToken(request, reply);
}

function toRpc(thrown: unknown): ORPCError<string, object> {
  const { error, status } = errorOf(thrown);
  const { code, message, details } = error;
  const isOurs = code === 'INTERNAL';
  return new ORPCError(code, {
    status,
    message: isOurs ? 'the server met an unexpected error' : message,
    data: { todo: ERRORS[code].todo, ...(!isOurs && details?.issues !== undefined && { errors: details.issues }) },
    cause: thrown,
  });
}
