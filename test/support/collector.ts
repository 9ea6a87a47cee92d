import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const otlpSpan = z.object({
  traceId: z.string().regex(/^[\da-f]{32}$/),
  spanId: z.string().regex(/^[\da-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number().int(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).optional(),
});
/** `ExportTraceServiceRequest` of OTLP 1.x in its JSON form, as far as a test looks at it. */
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(otlpSpan) })),
    }),
  ),
});

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

export interface CollectedSpan {
  name: string;
  kind: string;
  traceId: string;
  spanId: string;
  parentId: string | null;
  /** In ms since the epoch. */
  from: number;
  to: number;
  attributes: Record<string, unknown>;
  links: { traceId: string; spanId: string }[];
  failed: boolean;
  /** Who sent it. */
  resource: Record<string, unknown>;
}

/** A collector of OTLP over HTTP in this process, until the end of the test. `refuse` makes it answer 400. */
export async function startCollector() {
  const spans: CollectedSpan[] = [];
  const collector = { endpoint: '', spans, refuse: false, requests: 0 };
  const server = createServer(async (incoming, response) => {
    collector.requests++;
    const body = await json(incoming);
    if (collector.refuse) return void response.writeHead(400).end();
    if (incoming.url !== '/v1/traces') return void response.writeHead(404).end();
    for (const { resource, scopeSpans } of request.parse(body).resourceSpans) {
      const from = plain(resource.attributes);
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => collected(span, from))));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  collector.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return collector;
}

function collected(span: z.output<typeof otlpSpan>, resource: CollectedSpan['resource']): CollectedSpan {
  return {
    name: span.name,
    kind: KINDS[span.kind] ?? String(span.kind),
    traceId: span.traceId,
    spanId: span.spanId,
    parentId: span.parentSpanId || null,
    from: Number(span.startTimeUnixNano) / 1e6,
    to: Number(span.endTimeUnixNano) / 1e6,
    attributes: plain(span.attributes),
    links: span.links,
    failed: span.status?.code === 2,
    resource,
  };
}

function plain(list: z.output<typeof attributes>): Record<string, unknown> {
  return Object.fromEntries(
    list.map(({ key, value: given }) => [
      key,
      given.stringValue ?? given.boolValue ?? Number(given.intValue ?? given.doubleValue),
    ]),
  );
}
