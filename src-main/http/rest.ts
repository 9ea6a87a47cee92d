import {
  createProcedureClient,
  getRouter,
  isProcedure,
  traverseContractProcedures,
  type AnyRouter,
} from '@orpc/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { contract } from '../../src-core/contract/contract.ts';

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
    const call = createProcedureClient(procedure, { path, context: {} });
    app.route({
      method,
      url: url.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        const output = await call(definition.inputSchema === undefined ? undefined : inputOf(request));
        return reply.code(successStatus).send(output);
      },
    });
  });
}

/** A field of the path is not to be changed by one of the query or the body. */
function inputOf({ method, query, body, params }: FastifyRequest): unknown {
  const sent = method === 'GET' || method === 'DELETE' ? query : body;
  const fields = params as Record<string, string>;
  if (Object.keys(fields).length === 0) return sent;
  return { ...(sent as object | undefined), ...fields };
}
