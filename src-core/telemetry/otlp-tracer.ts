import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span as OtelSpan,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { traceparent } from '../domain/trace-context.ts';
import { installedVersion } from '../settings/installation.ts';
import type { Logger } from './log.ts';
import type { Span, TracedProcess, Tracer } from './tracing.ts';

export interface OtlpTracerOptions extends TracedProcess {
  /** Of the collector, without `/v1/traces`. */
  endpoint: string;
  /** Share of the traces that begin here and are kept; one that began elsewhere is kept as was decided there. */
  ratio: number;
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** A collector that is away must hold up neither the end of a command nor a drain. */
const PATIENCE_MS = 3_000;
const SEND_EVERY_MS = 1_000;
/** Spans beyond this are dropped: some seconds of a busy worker. */
const MOST_UNSENT = 16_384;

/**
 * Spans over OTLP/HTTP. `OTEL_EXPORTER_OTLP_HEADERS` is heeded by the exporter itself. The only file that knows
 * OpenTelemetry's packages; loaded only where tracing is on. Contexts are passed by hand, so that nothing global is set.
 */
export function createOtlpTracer({ endpoint, ratio, proc, id, log }: OtlpTracerOptions): Tracer {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = tellingTrouble(new OTLPTraceExporter({ url, timeoutMillis: PATIENCE_MS }), url, log);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': process.env.OTEL_SERVICE_NAME ?? `imagefleet-${proc}`,
      'service.namespace': 'imagefleet',
      'service.version': installedVersion(),
      'service.instance.id': id ?? `${hostname()}-${process.pid}`,
      'host.name': hostname(),
      'process.pid': process.pid,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_EVERY_MS, maxQueueSize: MOST_UNSENT }),
    ],
  });
  const tracer = provider.getTracer('imagefleet', installedVersion());
  const running = new AsyncLocalStorage<Span>();

  return {
    start(name, { kind, parent = running.getStore()?.traceparent ?? null, links = [], attributes, startedAt }) {
      const options = {
        kind: KINDS[kind],
        links: links.flatMap((link) => contextOf(link) ?? []).map((context) => ({ context })),
        ...(attributes && { attributes }),
        ...(startedAt !== undefined && { startTime: new Date(startedAt) }),
      };
      return spanOf(tracer.startSpan(name, options, parentContext(parent)));
    },
    within: (span, run) => running.run(span, run),
    async close() {
      const shutDown = provider.shutdown().catch(() => {}); // told by the exporter
      await Promise.race([shutDown, sleep(PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}

function spanOf(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceId,
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (attributes) => void span.setAttributes(attributes),
    fail(code, message) {
      span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message });
    },
    end: (at) => span.end(at === undefined ? undefined : new Date(at)),
  };
}

function parentContext(parent: string | null): Context {
  const context = parent === null ? null : contextOf(parent);
  return context ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}

/** Null for what is no `traceparent`: it may come from anybody. */
function contextOf(text: string): SpanContext | null {
  if (!traceparent.safeParse(text).success) return null;
  const [, traceId = '', spanId = '', flags = ''] = text.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** Says once per trouble that spans are lost; the exporter itself says nothing. */
function tellingTrouble(exporter: SpanExporter, url: string, log: Logger): SpanExporter {
  let failing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined || result.code !== 0;
        if (failed && !failing)
          log.warn({ url, reason: result.error?.message }, 'traces are lost: no collector takes them');
        if (!failed && failing) log.info({ url }, 'a collector takes traces again');
        failing = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush!() }),
  };
}
