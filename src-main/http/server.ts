import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from '../../src-core/telemetry/log.ts';
import { createServerMetrics } from '../../src-core/telemetry/server-metrics.ts';
import type { Tracer } from '../../src-core/telemetry/tracing.ts';
import { guardAccess, limitRate, type AccessOptions } from './access.ts';
import { createDoor, type Door } from './door.ts';
import { sendHeaders } from './headers.ts';
import { answerProblems, answerBroken, answerUnparsed } from './problem.ts';
import { createProcedures, type ApiParts } from './procedures.ts';
import { addProbes, type Probes } from './probes.ts';
import { addDocs } from './openapi/routes.ts';
import { addEventStream } from './queue/event-stream.ts';
import { createIntake } from './queue/intake.ts';
import { createLiveEvents } from './queue/live-events.ts';
import { addEnqueueRoutes } from './queue/routes.ts';
import { addTasksCsv } from './queue/tasks-csv.ts';
import { addProcedures } from './rest.ts';
import { addRpc } from './rpc.ts';
import { observeRequests } from './observe.ts';
import { requestFields, RequestLines } from './request-lines.ts';
import { requestLogs } from './request-log.ts';
import { addSessionRoutes } from './session-routes.ts';
import { addStatic } from './static.ts';
import { createLiveLogs } from './logs/live-logs.ts';
import { addLogStream } from './logs/log-stream.ts';
import { addDownloadStream } from './models/download-stream.ts';
import { addImageRoutes } from './images/routes.ts';
import { addScanStream } from './duplicates/scan-stream.ts';
import { addDuplicatesCsv } from './duplicates/duplicates-csv.ts';
import { addLedgerCsv } from './imports/ledger-csv.ts';
import { limitTime } from './time-limit.ts';
import { addUpload } from './search/upload.ts';
import { addSupportBundle } from './support/support-bundle.ts';
import { addUploadRoutes } from './uploads/routes.ts';

export interface ServerOptions extends ApiParts, AccessOptions, Probes {
  log: Logger;
  /** Where traces are sent somewhere. */
  tracer?: Tracer | null;
  /** Folder of the web console's files; without one no page is served. */
  pages?: string;
  /** How long a request may take to arrive, in ms: its headers, and all of it. */
  arrivalMs?: { headers: number; all: number };
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Null: everybody is let in. */
    door: Door | null;
  }
}

const BODY_LIMIT = 1_024 * 1_024;
const IDLE_MS = 72_000;
/**
 * An upload of the largest picture over a slow line may take long. Who sends headers byte by byte holds a connection, and
 * nothing else.
 */
const ARRIVAL_MS = { headers: 15_000, all: 300_000 };
/** Node looks every 30 s, which would be three times as long as headers may take. */
const MOST_LATE_MS = 1_000;

/** The HTTP side, ready to listen. Who listens also closes it: requests that are under way are finished then. */
export function createServer(options: ServerOptions): FastifyInstance {
  const log: FastifyBaseLogger = options.log.child({}, { serializers: { req: requestFields } });
  const { http, limits } = options.console.settings;
  const { token, readOnlyToken = null, arrivalMs = ARRIVAL_MS } = options;
  const door = token === null ? null : createDoor({ full: token, read: readOnlyToken }, http.sessionMs);
  const app = Fastify({
    loggerInstance: log,
    childLoggerFactory: requestLogs(options.log),
    logController: new RequestLines(),
    bodyLimit: BODY_LIMIT,
    requestTimeout: arrivalMs.all,
    keepAliveTimeout: IDLE_MS,
    forceCloseConnections: 'idle',
    http: {
      headersTimeout: arrivalMs.headers,
      connectionsCheckingInterval: Math.min(MOST_LATE_MS, arrivalMs.headers),
    },
    frameworkErrors: answerBroken,
    clientErrorHandler: answerUnparsed,
    routerOptions: { maxParamLength: 1_000 },
    genReqId: ({ headers }) => requestId(headers['x-request-id']) ?? randomUUID(),
  });
  // Text is what a page of another site may send without asking.
  app.removeContentTypeParser('text/plain');
  // Node would answer an Expect that it does not know by itself, without a problem to read.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.decorate('door', door);
  sendHeaders(app);
  limitTime(app, http.requestMs);
  endConnections(app);
  answerProblems(app);
  const metrics = createServerMetrics();
  observeRequests(app, metrics, options.tracer ?? null);
  limitRate(app, http.requestsPerMinute);
  guardAccess(app, options.allowedHosts, door);
  void app.register(multipart, {
    limits: { files: 1, fields: 20, fileSize: limits.maxBytes },
  });
  void app.register(async (scope) => {
    if (options.pages !== undefined) await addStatic(scope, options.pages);
    addSessionRoutes(scope, door);
    addUpload(scope, options);
    addUploadRoutes(scope, options);
    addImageRoutes(scope, options);
    addLedgerCsv(scope, options);
    addDuplicatesCsv(scope, options);
    addScanStream(scope, options);
    addSupportBundle(scope, options);
    addProbes(scope, { ...options, metrics });
    const queue = { intake: createIntake(options), live: createLiveEvents(options.console) };
    addEnqueueRoutes(scope, queue.intake);
    addTasksCsv(scope, options);
    addEventStream(scope, queue.live);
    const liveLogs = createLiveLogs(options.console.recentLogs);
    addLogStream(scope, liveLogs);
    addDownloadStream(scope, options);
    const procedures = createProcedures({ ...options, ...queue, liveLogs });
    addProcedures(scope, procedures);
    addRpc(scope, procedures);
    addDocs(scope);
  });
  return app;
}

/** A connection that is kept alive would else hold up the end until its caller lets go. */
function endConnections(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}

/** A caller's own, where it is a plain one. */
function requestId(given: string | string[] | undefined): string | null {
  return typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : null;
}
