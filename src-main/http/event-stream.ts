import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Streams stay open for as long as their readers do, and their ends say nothing to a log. */
export const STREAM_ROUTE = { handlerTimeout: 86_400_000, logLevel: 'warn' } as const;

/** Says nothing but that the connection is there. */
export const PING_TEXT = ': still here\n\n';

/** One event of a stream as it is written. */
export function eventText({ event, id, data }: { event: string; id?: string; data: unknown }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Answers with server-sent events, as `open` gives them until its signal aborts. The socket's own back-pressure says how fast
 * a reader is.
 */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  open: (gone: AbortSignal) => AsyncGenerator<string>,
): Promise<FastifyReply> {
  const gone = new AbortController();
  request.raw.once('close', () => gone.abort());
  reply.raw.once('close', () => gone.abort());
  endWithToken(request, reply);
  const texts = open(gone.signal);
  // Before the head is sent, so that trouble has a status of its own.
  const first = await texts.next();

  async function* all(): AsyncGenerator<string> {
    if (first.done) return;
    yield first.value;
    yield* texts;
  }

  return reply
    .type('text/event-stream; charset=utf-8')
    .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    .send(Readable.from(all(), { highWaterMark: 1 }));
}

/** A stream was opened by a token that may not be one any more: who has another comes back. */
export function endWithToken({ server: { door } }: FastifyRequest, { raw }: FastifyReply): void {
  const forget = door?.onChange(() => raw.destroy());
  if (forget) raw.once('close', forget);
}

/** Whether an answer has no end of its own. */
export function isEventStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
}

/** Where a reader wants to go on from. */
export function lastEventId({ headers }: FastifyRequest): string | undefined {
  const sent = headers['last-event-id'];
  return typeof sent === 'string' ? sent : undefined;
}
