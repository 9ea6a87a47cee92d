import type { FastifyInstance } from 'fastify';
import type { ServerMetrics } from '../../src-core/telemetry/server-metrics.ts';
import type { Console } from '../console.ts';
import { isKnown } from './access.ts';
import { checkBackends } from './backends.ts';
import { watchFleet } from './fleet-watch.ts';

export interface Probes {
  console: Console;
  /** Why the fleet of this host does not work yet, or no longer; null: it does. */
  fleetTrouble: () => string | null;
}

interface Measured {
  metrics: ServerMetrics;
}

/** What orchestrators and Prometheus ask. */
export function addProbes(app: FastifyInstance, { console, fleetTrouble, metrics }: Probes & Measured): void {
  app.get('/health', async () => ({ status: 'ok' }));

  app.get('/ready', async (request, reply) => {
    const { queue, store } = await checkBackends(console);
    const trouble = fleetTrouble();
    const ready = !queue.error && !store.error && trouble === null;
    void reply.code(ready ? 200 : 503);
    if (!isKnown(request)) return { ready };
    return { ready, queue: queue.error?.message ?? 'ok', store: store.error?.message ?? 'ok', fleet: trouble ?? 'ok' };
  });

  const fleet = watchFleet(console);
  app.addHook('onListen', async () => fleet.start());
  app.addHook('preClose', async () => fleet.stop());
  app.get('/metrics', async (_request, reply) => {
    const health = await checkBackends(console);
    metrics.backend('queue', health.queue.error === null);
    metrics.backend('store', health.store.error === null);
    const pages = [await metrics.registry.metrics()];
    // While the queue is away its last numbers would look like those of now.
    if (health.queue.error === null) pages.unshift(await fleet.page());
    return reply.type(metrics.registry.contentType).send(pages.join('\n'));
  });
}
