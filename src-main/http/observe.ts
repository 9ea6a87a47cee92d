import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerMetrics } from '../../src-core/telemetry/server-metrics.ts';
import type { Span, Tracer } from '../../src-core/telemetry/tracing.ts';
import { isEventStream } from './event-stream.ts';

/** Asked every few seconds by orchestrators: a trace of each says nothing. */
const UNTRACED = new Set(['/health', '/ready', '/metrics']);

/** Measures every request, also those that are refused, and traces it where tracing is on. */
export function observeRequests(app: FastifyInstance, metrics: ServerMetrics, tracer: Tracer | null): void {
  app.addHook('onResponse', (request, reply, done) => {
    done();
    if (isEventStream(reply)) return;
    const seconds = reply.elapsedTime / 1_000;
    metrics.answered({ method: request.method, route: routeOf(request), status: reply.statusCode, seconds });
  });
  if (tracer) traceRequests(app, tracer);
}

/** Goes on with the trace that the caller says, as W3C Trace Context has it. */
function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRequest', async (request) => {
    const route = routeOf(request);
    if (UNTRACED.has(route)) return;
    const { traceparent } = request.headers;
    const span = tracer.start(`${request.method} ${route}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : null,
      attributes: { 'http.request.method': request.method, 'http.route': route, 'imagefleet.request.id': request.id },
    });
    spans.set(request, span);
    request.log = request.log.child({ traceId: span.traceId });
  });
  // After the body was read: what waits for a socket's data loses what it runs within.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) tracer.within(span, done);
    else done();
  });
  app.addHook('onResponse', async (request, reply) => {
    const span = spans.get(request);
    if (!span) return;
    span.set({ 'http.response.status_code': reply.statusCode });
    if (reply.statusCode >= 500) span.fail(String(reply.statusCode), 'the request failed');
    span.end();
  });
}

const routeOf = ({ routeOptions }: FastifyRequest): string => routeOptions.url ?? 'unknown';
