import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createFaults, type Faults, replyUnder, type SeenRequest } from '../http-faults.ts';
import { createAnswerer } from './answer.ts';
import { createServerState } from './server-state.ts';

export interface QdrantDoubleOptions {
  apiKey?: string;
  /** May read only. */
  readOnlyApiKey?: string;
  /** A free one by default. */
  port?: number;
  tls?: { key: string; cert: string };
  /** What it says that it is; its answers stay those of 1.16.3. */
  version?: string;
  /** Refuses (501) fields that it does not know instead of ignoring them as a real server does. True by default. */
  strict?: boolean;
  /** How long a write waits that does not say `wait=true`, in ms; 50 by default: who reads right after it is caught. */
  unawaitedMs?: number;
}

export interface QdrantDouble {
  url: string;
  port: number;
  faults: Faults;
  /** Every request so far, oldest first; the last 10,000. */
  requests: readonly SeenRequest[];
  stop(): Promise<void>;
}

const MOST_SEEN = 10_000;

/**
 * A stand-in for Qdrant 1.16.3 over HTTP, for what our adapter uses of it; qdrant-double.test.ts holds it to the answers
 * of a real server. Everything is in memory: what it holds outlives `faults.down` and is gone after `stop`. What it
 * does not do it refuses with 501 and the name of it. Search is exact and ties have no order.
 */
export async function startQdrantDouble(options: QdrantDoubleOptions = {}): Promise<QdrantDouble> {
  const { version = '1.16.3', strict = true, unawaitedMs = 50, tls } = options;
  const state = createServerState({ strict, unawaitedMs });
  const answer = createAnswerer(state, { version, strict, keys: options });
  const requests: SeenRequest[] = [];
  const server = tls ? createHttpsServer(tls, onRequest) : createHttpServer(onRequest);
  let port = options.port ?? 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const seen = { method: request.method ?? '', path: request.url ?? '', body };
    if (requests.push(seen) > MOST_SEEN) requests.shift();
    await replyUnder(faults.meet(seen), response, () => answer({ ...seen, headers: request.headers }));
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    handle(request, response).catch((error: unknown) => {
      // Cut off by the other side, or by `down`; else an error of ours, which must be seen.
      if (request.destroyed && !request.complete) return;
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The Qdrant double failed: ${error instanceof Error ? error.stack : String(error)}`);
    });
  }

  async function listen(): Promise<void> {
    if (server.listening) return;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    port = (server.address() as AddressInfo).port;
  }

  async function unlisten(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  const faults = createFaults(listen, unlisten);
  await listen();
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    faults: faults.control,
    requests,
    async stop() {
      faults.stop();
      state.close();
      await unlisten();
    },
  };
}
