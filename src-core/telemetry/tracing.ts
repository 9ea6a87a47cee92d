import type { Settings } from '../settings/schema.ts';
import type { Logger } from './log.ts';

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';
export type Attributes = Record<string, string | number | boolean>;

export interface SpanOptions {
  kind: SpanKind;
  /** `traceparent` of the parent; null: it begins a trace of its own. Left out: the span that this runs within, if any. */
  parent?: string | null;
  /** `traceparent`s of what has to do with it and is not its parent. */
  links?: readonly string[];
  attributes?: Attributes;
  /** In ms since the epoch; now, where it is left out. */
  startedAt?: number;
}

export interface Span {
  readonly traceId: string;
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** `code`: what went wrong, as OpenTelemetry's `error.type`. */
  fail(code: string, message: string): void;
  /** In ms since the epoch; now, where it is left out. */
  end(at?: number): void;
}

/** Makes spans and sends them to a collector. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
  /** Spans that are started while `run` runs, and in what it awaits, are the span's children. */
  within<T>(span: Span, run: () => T): T;
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

/** Which process makes the spans. */
export interface TracedProcess {
  proc: string;
  /** Its name among its like, where it has one. */
  id?: string;
  log: Logger;
}

/** Null unless an address to send spans to is set: then nothing of OpenTelemetry is loaded. */
export async function openTracer({ tracing }: Settings, traced: TracedProcess): Promise<Tracer | null> {
  if (tracing.endpoint === null) return null;
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  return createOtlpTracer({ endpoint: tracing.endpoint, ratio: tracing.ratio, ...traced });
}
