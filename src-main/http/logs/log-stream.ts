import type { FastifyInstance } from 'fastify';
import { followLogs } from '../../../src-core/contract/system.ts';
import { eventText, lastEventId, PING_TEXT, sendEvents, STREAM_ROUTE } from '../event-stream.ts';
import { checkedInput } from '../queue/input.ts';
import type { LiveLogs } from './live-logs.ts';

/** `GET /logs/events` (server-sent events). */
export function addLogStream(app: FastifyInstance, live: LiveLogs): void {
  app.addHook('preClose', async () => live.close());
  app.get('/logs/events', STREAM_ROUTE, async (request, reply) => {
    const known = lastEventId(request);
    const sent = { ...(request.query as object), ...(known !== undefined && { last_event_id: known }) };
    const which = checkedInput(followLogs, sent);
    return sendEvents(request, reply, async function* (gone) {
      for await (const event of live.follow(which, gone)) yield event.event === 'ping' ? PING_TEXT : eventText(event);
    });
  });
}
