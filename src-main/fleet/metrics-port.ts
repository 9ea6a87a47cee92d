import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../src-core/domain/app-error.ts';
import { createWorkerMetrics } from '../../src-core/telemetry/worker-metrics.ts';
import type { FleetEvent } from './supervisor.ts';

export interface MetricsPort {
  /** Where it listens. */
  url: string;
  onEvent(event: FleetEvent): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * A page for Prometheus on a machine that only has workers. It tells numbers and names of workers, and nothing else, so
 * it asks for no token. Throws INVALID_INPUT for an address that cannot be listened on.
 */
export async function openMetricsPort(host: string, port: number): Promise<MetricsPort> {
  const { registry, heard, gone } = createWorkerMetrics();
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
    const page = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(page);
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const reason = (error as Error).message;
    throw new AppError('INVALID_INPUT', `the workers' numbers cannot be told on ${host}:${port}: ${reason}`, {
      cause: error,
    });
  }
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;

  return {
    url: `http://${name}:${address.port}/metrics`,
    onEvent(event) {
      if (event.type === 'heartbeat') heard(event.status);
      else if (event.type === 'exited') gone(event.workerId);
    },
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((closed) => server.close(closed));
    },
  };
}
