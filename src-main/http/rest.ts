import {
  createProcedureClient,
  getRouter,
  isProcedure,
  traverseContractProcedures,
  type AnyRouter,
} from '@orpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contract } from '../../src-core/contract/contract.ts';
import { AppError } from '../../src-core/domain/app-error.ts';
import { restCaller, type Caller } from './caller.ts';
import type { CallMeta } from '../../src-core/contract/values.ts';

/** A whole catalog may be read. */
const SLOW_MS = 3_600_000;

/**
 * A plain route for every procedure of the contract: Fastify finds it and reads its body, the contract checks what goes in
 * and out. oRPC's own HTTP handler would look up, parse and limit all of it once more.
 */
export function addProcedures(app: FastifyInstance, router: AnyRouter): void {
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: { '~orpc': definition }, path }) => {
    const procedure = getRouter(router, path);
    const { method = 'POST', path: url, successStatus = 200 } = definition.route;
    if (!isProcedure(procedure) || url === undefined)
      throw new TypeError(`${path.join('.')} has no procedure or no path`);
    const route = { method, url: url.replaceAll(/\{(\w+)\}/g, ':$1') };
    const call = createProcedureClient(procedure, { path, context: (caller: Caller) => caller });
    const { slow, plain } = definition.meta as CallMeta;
    if (plain) return;
    app.route({
      ...route,
      ...(slow && { handlerTimeout: SLOW_MS }),
      handler: async (request, reply) => {
        const input = definition.inputSchema === undefined ? undefined : inputOf(request);
        const context = restCaller(request);
        const output = await call(input, slow ? { context, signal: signalOf(reply) } : { context });
        return reply.code(successStatus).send(output);
      },
    });
  });
}

/** Aborts when the caller goes. Fastify's own signal does so as soon as a body has been read, too. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new AppError('CANCELLED', 'the caller has gone'));
  });
  return gone.signal;
}

/** A field of the path is not to be changed by one of the query or the body. */
function inputOf({ method, query, body, params }: FastifyRequest): unknown {
  const sent = method === 'GET' || method === 'DELETE' ? query : body;
  const fields = params as Record<string, string>;
  if (Object.keys(fields).length === 0) return sent;
  return { ...(sent as object | undefined), ...fields };
}
