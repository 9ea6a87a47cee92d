import type { FastifyInstance } from 'fastify';
import { createFleetMetrics } from '../../src-core/telemetry/metrics.ts';
import type { Console } from '../console.ts';
import { isKnown, type AccessOptions } from './access.ts';
import { checkBackends } from './backends.ts';

export interface Probes {
  console: Console;
  /** Why the fleet of this host does not work yet, or no longer; null: it does. */
  fleetTrouble: () => string | null;
}

/** What orchestrators and Prometheus ask. */
export function addProbes(app: FastifyInstance, { console, fleetTrouble, token }: Probes & AccessOptions): void {
  app.get('/health', async () => ({ status: 'ok' }));

  app.get('/ready', async (request, reply) => {
    const { queue, store } = await checkBackends(console);
    const fleet = fleetTrouble();
    const ready = !queue && !store && fleet === null;
    void reply.code(ready ? 200 : 503);
    if (!isKnown(request, token)) return { ready };
    return { ready, queue: queue?.message ?? 'ok', store: store?.message ?? 'ok', fleet: fleet ?? 'ok' };
  });

  const metrics = createFleetMetrics();
  app.get('/metrics', async (_request, reply) => {
    const queue = await console.queue();
    metrics.update(await queue.stats(), await queue.workers());
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
