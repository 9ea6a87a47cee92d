import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from '../../src-core/telemetry/log.ts';
import { guardAccess, type AccessOptions } from './access.ts';
import { answerProblems } from './problem.ts';
import { createProcedures, type ApiParts } from './procedures.ts';
import { addProbes, type Probes } from './probes.ts';
import { addProcedures } from './rest.ts';
import { addUpload } from './upload.ts';

export interface ServerOptions extends ApiParts, AccessOptions, Probes {
  log: Logger;
}

const BODY_LIMIT = 1_024 * 1_024;
/** For a whole request to arrive; an upload of the largest picture over a slow line included. */
const REQUEST_MS = 300_000;
const IDLE_MS = 72_000;

/** The HTTP side, ready to listen. Who listens also closes it: requests that are under way are finished then. */
export function createServer(options: ServerOptions): FastifyInstance {
  const log: FastifyBaseLogger = options.log;
  const app = Fastify({
    loggerInstance: log,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1_000 },
    genReqId: ({ headers }) => requestId(headers['x-request-id']) ?? randomUUID(),
  });
  // Text is what a page of another site may send without asking.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
  });
  endConnections(app);
  answerProblems(app);
  guardAccess(app, options);
  void app.register(multipart, {
    limits: { files: 1, fields: 20, fileSize: options.console.settings.limits.maxBytes },
  });
  void app.register(async (scope) => {
    addUpload(scope, options);
    addProbes(scope, options);
    addProcedures(scope, createProcedures(options));
  });
  return app;
}

/** A connection that is kept alive would else hold up the end until its caller lets go. */
function endConnections(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close');
  });
}

/** A caller's own, where it is a plain one. */
function requestId(given: string | string[] | undefined): string | null {
  return typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : null;
}
