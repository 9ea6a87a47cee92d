import { Cluster, Redis, type CommonRedisOptions } from 'ioredis';
import { AppError } from '../../domain/app-error.ts';
import type { Logger } from '../../telemetry/log.ts';
import { parseRedisUrl, placeName, type RedisPlace } from './connect-url.ts';

export type RedisClient = Redis | Cluster;

export interface RedisConnection {
  /** For commands that answer at once. Rejects what is unanswered after `COMMAND_MS`, and reconnects for ever. */
  readonly client: RedisClient;
  /** Host and port, or what there is of them: for messages. Holds no password. */
  readonly place: string;
  /**
   * A fresh connection for commands that block, at most `BLOCK_MS` each. It connects by itself and comes back after an
   * outage; what it waits for is sent again. The caller `disconnect()`s it; `close` does for those that are left.
   */
  blocking(): RedisClient;
  /** Idempotent. */
  close(): void;
}

export interface ConnectOptions {
  log?: Logger | undefined;
  /** How long the first connection may take, in ms. */
  withinMs?: number;
}

/** What a verb waits for an answer at most, reconnects included. */
const COMMAND_MS = 8_000;
/** A connection that owes an answer and says nothing is dead: sooner than the command, so that another is tried. */
const SILENT_MS = 5_000;
/** The longest that a blocking command may block. */
export const BLOCK_MS = 5_000;
const CONNECT_MS = 3_000;
const LONGEST_WAIT_MS = 2_000;
/** Tries after which what waits is given up, so that a verb ends even where each try is refused at once. */
const TRIES = 6;

/**
 * Connects, or throws: INVALID_SETTINGS for a URL that is none, QUEUE_UNAVAILABLE with host, port and reason when there
 * is no answer in time or the server refuses the password.
 */
export async function connectRedis(url: string, options: ConnectOptions = {}): Promise<RedisConnection> {
  const place = parseRedisUrl(url);
  const name = placeName(place);
  const open = new Set<RedisClient>();
  let closed = false;
  const client = create(place, { maxRetriesPerRequest: TRIES, commandTimeout: COMMAND_MS, socketTimeout: SILENT_MS });
  try {
    await firstConnection(client, name, options.withinMs ?? 5_000);
  } catch (error) {
    client.disconnect();
    throw error;
  }
  watch(client, name, options.log);
  return {
    client,
    place: name,
    blocking() {
      const blocking = create(place, { maxRetriesPerRequest: null, socketTimeout: BLOCK_MS + SILENT_MS });
      // The other connection has the same trouble and tells of it.
      blocking.on('error', () => undefined);
      blocking.once('end', () => open.delete(blocking));
      open.add(blocking);
      // One that is asked for too late rejects what it is sent, rather than living on by itself.
      if (closed) blocking.disconnect();
      else void blocking.connect().catch(() => undefined);
      return blocking;
    },
    close() {
      closed = true;
      client.disconnect();
      for (const blocking of open) blocking.disconnect();
    },
  };
}

type Timing = Pick<CommonRedisOptions, 'maxRetriesPerRequest' | 'commandTimeout' | 'socketTimeout'>;

function create(place: RedisPlace, timing: Timing): RedisClient {
  const { kind, tls, path, username, password, db } = place;
  // An IPv6 address stands in brackets in a URL only.
  const hosts = place.hosts.map(({ host, port }) => ({ host: host.replace(/^\[(.*)\]$/, '$1'), port }));
  const redisOptions = {
    ...timing,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    connectTimeout: CONNECT_MS,
    // A master that became a replica, and a blocking call that was cut short by that: another server has the queue now.
    reconnectOnError: ({ message }: Error) => (/^(READONLY|UNBLOCKED)/.test(message) ? (2 as const) : false),
  };
  const alone = { ...redisOptions, db, lazyConnect: true, retryStrategy: waitMs };
  if (kind === 'cluster') {
    return new Cluster(hosts, {
      redisOptions,
      lazyConnect: true,
      clusterRetryStrategy: waitMs,
      retryDelayOnFailover: 200,
      retryDelayOnClusterDown: 200,
      slotsRefreshTimeout: CONNECT_MS,
    });
  }
  if (kind === 'unix') return new Redis({ ...alone, path: path! });
  if (kind === 'standalone') return new Redis({ ...alone, ...hosts[0]! });
  const { master, sentinelUsername, sentinelPassword } = place;
  return new Redis({
    ...alone,
    sentinels: hosts,
    name: master!,
    sentinelRetryStrategy: waitMs,
    // Hears of a new master from the sentinels, rather than from the old one's silence.
    failoverDetector: true,
    ...(sentinelUsername !== undefined && { sentinelUsername }),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  });
}

/** Before the given try, in ms: doubles, capped, with half of it at random. */
function waitMs(tries: number): number {
  const full = Math.min(LONGEST_WAIT_MS, 50 * 2 ** Math.min(tries, 10));
  return Math.round(full / 2 + (full / 2) * Math.random());
}

async function firstConnection(client: RedisClient, place: string, withinMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let last: Error | undefined;
  const onError = (error: Error & { lastNodeError?: Error }): void => {
    last = error.lastNodeError ?? error;
    if (/^(NOAUTH|WRONGPASS|NOPERM|ERR invalid password|ERR AUTH)/.test(last.message)) reject(last);
  };
  const timer = setTimeout(() => reject(last ?? new Error(`no answer within ${withinMs} ms`)), withinMs);
  client.once('ready', resolve);
  client.on('error', onError);
  client.on('node error', onError);
  client.connect().catch((error: Error) => (last ??= error));
  try {
    await promise;
  } catch (error) {
    // Not kept as the cause: ioredis hangs the command on its errors, and that of a sign-in holds the password.
    throw new AppError('QUEUE_UNAVAILABLE', `Redis at ${place} cannot be used: ${(error as Error).message}`);
  } finally {
    clearTimeout(timer);
    client.off('error', onError);
    client.off('node error', onError);
  }
}

/** One line when the connection is lost and one when it is back, however many tries lie in between. */
function watch(client: RedisClient, place: string, log: Logger | undefined): void {
  let lost = false;
  const onLost = (reason: string): void => {
    if (lost) return;
    lost = true;
    log?.warn({ redis: place, reason }, 'the connection to Redis is lost; it is tried again until it is back');
  };
  client.on('error', ({ message }: Error) => onLost(message));
  client.on('reconnecting', () => onLost('closed'));
  client.on('ready', () => {
    if (lost) log?.info({ redis: place }, 'the connection to Redis is back');
    lost = false;
  });
}
