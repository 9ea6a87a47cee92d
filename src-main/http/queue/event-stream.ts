import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { LiveEvents, Told } from './live-events.ts';

/** Streams stay open for as long as their readers do. */
const DAY_MS = 86_400_000;

/** `GET /queue/events` (server-sent events). The socket's own back-pressure says how fast a reader is. */
export function addEventStream(app: FastifyInstance, live: LiveEvents): void {
  app.addHook('preClose', async () => live.close());

  app.get('/queue/events', { handlerTimeout: DAY_MS, logLevel: 'warn' }, async (request, reply) => {
    const gone = new AbortController();
    request.raw.once('close', () => gone.abort());
    reply.raw.once('close', () => gone.abort());
    const events = live.subscribe(lastEventId(request.headers['last-event-id']), gone.signal);
    // Before the head is sent, so that trouble has a status of its own.
    const first = await events.next();

    async function* texts(): AsyncGenerator<string> {
      if (!first.done) yield textOf(first.value);
      for await (const event of events) yield textOf(event);
    }

    return reply
      .type('text/event-stream; charset=utf-8')
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(Readable.from(texts(), { highWaterMark: 1 }));
  });
}

function lastEventId(sent: string | string[] | undefined): string | null {
  return typeof sent === 'string' ? sent : null;
}

/** One event goes to all readers: it is written once. */
const written = new WeakMap<Told, string>();

function textOf(event: Told): string {
  let text = written.get(event);
  if (text === undefined) {
    text = write(event);
    written.set(event, text);
  }
  return text;
}

function write(event: Told): string {
  if (event.event === 'ping') return ': still here\n\n';
  const id = 'id' in event ? `id: ${event.id}\n` : '';
  return `${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`;
}
