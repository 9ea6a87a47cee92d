import type { FastifyInstance } from 'fastify';
import { followScans } from '../../../src-core/contract/duplicates.ts';
import { eventText, PING_TEXT, sendEvents, STREAM_ROUTE } from '../event-stream.ts';
import type { ApiParts } from '../procedures.ts';
import { checkedInput } from '../queue/input.ts';
import { followNewestScan } from './follow-scans.ts';

/** `GET /duplicates/events` (server-sent events). */
export function addScanStream(app: FastifyInstance, { console }: Pick<ApiParts, 'console'>): void {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  app.get('/duplicates/events', STREAM_ROUTE, async (request, reply) => {
    const { catalog } = checkedInput(followScans, request.query);
    const duplicates = await console.duplicates();
    return sendEvents(request, reply, async function* (gone) {
      const events = followNewestScan(duplicates, catalog, AbortSignal.any([gone, closing.signal]));
      for await (const event of events) yield event === 'ping' ? PING_TEXT : eventText(event);
    });
  });
}
