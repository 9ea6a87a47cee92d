import { setTimeout as sleep } from 'node:timers/promises';
import { QdrantClient } from '@qdrant/js-client-rest';
import { AppError } from '../../domain/app-error.ts';
import { isPassing, retryAfterMs, toStoreError } from './errors.ts';

export interface Connection {
  /** As it is named to people: without a user, a password or a query. */
  readonly url: string;
  /**
   * One request, made again when the server was busy or the connection broke: all of ours may be repeated. `collection`
   * is what an error names. Throws STORE_UNAVAILABLE, STORE_REFUSED, and NOT_FOUND for a collection that is not there.
   */
  send<T>(collection: string | null, request: (client: QdrantClient) => Promise<T>): Promise<T>;
}

const TRIES = 4;
const FIRST_WAIT_MS = 100;

/** Connects to nothing yet. Throws INVALID_SETTINGS for a URL that is none. */
export function createConnection(options: { url: string; apiKey?: string | null; timeoutMs: number }): Connection {
  const { timeoutMs } = options;
  const { address, ...where } = readUrl(options.url);
  const client = new QdrantClient({
    ...where,
    timeout: timeoutMs,
    // As `apiKey` it would be warned of on the console where the connection is plain HTTP.
    ...(options.apiKey ? { headers: { 'api-key': options.apiKey } } : {}),
    // Compared by ourselves (check-version.ts); the client would write to the console.
    checkCompatibility: false,
  });
  return {
    url: address,
    async send(collection, request) {
      const deadline = performance.now() + timeoutMs;
      for (let tried = 1; ; tried++) {
        try {
          return await request(client);
        } catch (error) {
          const waitMs = Math.max(FIRST_WAIT_MS * 3 ** (tried - 1), retryAfterMs(error));
          const inTime = performance.now() + waitMs < deadline;
          if (tried === TRIES || !inTime || !isPassing(error)) {
            throw toStoreError(error, { url: address, collection, timeoutMs });
          }
          await sleep(waitMs);
        }
      }
    },
  };
}

/** The client drops a path that is part of the URL, and takes the usual ports of HTTP for none given. */
function readUrl(text: string): { url: string; port?: null; prefix?: string; address: string } {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new AppError('INVALID_SETTINGS', `the URL of Qdrant must begin with http:// or https://, not “${text}”`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  const usualPort = new RegExp(`^${url.protocol}//[^/]*:(80|443)(/|$)`, 'i').test(text);
  const host = usualPort || url.port ? url.host : `${url.host}:6333`;
  return {
    url: url.origin,
    ...(usualPort && !url.port ? { port: null } : {}),
    ...(path ? { prefix: path } : {}),
    address: `${url.protocol}//${host}${path}`,
  };
}
