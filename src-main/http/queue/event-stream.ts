import type { FastifyInstance } from 'fastify';
import { eventText, lastEventId, PING_TEXT, sendEvents, STREAM_ROUTE } from '../event-stream.ts';
import type { LiveEvents, Told } from './live-events.ts';

/** `GET /queue/events` (server-sent events). */
export function addEventStream(app: FastifyInstance, live: LiveEvents): void {
  app.addHook('preClose', async () => live.close());
  app.get('/queue/events', STREAM_ROUTE, async (request, reply) =>
    sendEvents(request, reply, async function* (gone) {
      for await (const event of live.subscribe(lastEventId(request) ?? null, gone)) yield textOf(event);
    }),
  );
}

/** One event goes to all readers: it is written once. */
const written = new WeakMap<Told, string>();

function textOf(event: Told): string {
  let text = written.get(event);
  if (text === undefined) {
    text = event.event === 'ping' ? PING_TEXT : eventText(event);
    written.set(event, text);
  }
  return text;
}
