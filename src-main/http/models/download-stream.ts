import type { FastifyInstance } from 'fastify';
import { eventText, PING_TEXT, sendEvents, STREAM_ROUTE } from '../event-stream.ts';
import type { ApiParts } from '../procedures.ts';
import { followDownloads } from './follow-downloads.ts';

/** `GET /models/events` (server-sent events). */
export function addDownloadStream(app: FastifyInstance, { console }: Pick<ApiParts, 'console'>): void {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  app.get('/models/events', STREAM_ROUTE, async (request, reply) => {
    const models = await console.models();
    return sendEvents(request, reply, async function* (gone) {
      const until = AbortSignal.any([gone, closing.signal]);
      for await (const event of followDownloads(models, until)) yield event === 'ping' ? PING_TEXT : eventText(event);
    });
  });
}
