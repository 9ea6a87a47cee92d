import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a server says of itself, beside the fleet's numbers. */
export interface ServerMetrics {
  registry: Registry;
  /** A request that was answered. `route`: its pattern, never its path, of which there are any number. */
  answered(request: { method: string; route: string; status: number; seconds: number }): void;
  backend(name: 'queue' | 'store', isUp: boolean): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts from the start of this process, whose own numbers (CPU, memory, event loop lag) it holds too. */
export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'imagefleet_http_request_duration_seconds',
    help: 'Time until a request was answered, without event streams',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const backends = new Gauge({
    name: 'imagefleet_backend_up',
    help: '1 while this server reaches the queue or the store',
    labelNames: ['backend'],
    registers,
  });

  return {
    registry,
    answered: ({ seconds, ...labels }) => requests.observe(labels, seconds),
    backend: (backend, isUp) => backends.set({ backend }, isUp ? 1 : 0),
  };
}
