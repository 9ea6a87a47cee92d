import type { Cluster, CommonRedisOptions, Redis } from 'ioredis';
import { AppError } from '../../domain/app-error.ts';
import type { Logger } from '../../telemetry/log.ts';
import { BoundedCluster, BoundedRedis } from './connect-clients.ts';
import { parseRedisUrl, placeName, type RedisPlace } from './connect-url.ts';

export type RedisClient = Redis | Cluster;

export interface RedisConnection {
  /** For commands that answer at once. Rejects what is unanswered after `commandMs`, and reconnects for ever. */
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
  /** What a command waits for its answer at most, reconnects included, in ms. */
  commandMs?: number;
  /** A connection that owes an answer and says nothing for so long is dead: sooner, so that another one is tried. */
  silentMs?: number;
}

/** The longest that a blocking command may block. */
export const BLOCK_MS = 5_000;
const CONNECT_MS = 3_000;
const LONGEST_WAIT_MS = 2_000;

/**
 * Connects, or throws: INVALID_SETTINGS for a URL that is none, QUEUE_UNAVAILABLE with host, port and reason when there
 * is no answer in time or the server refuses the password.
 */
export async function connectRedis(url: string, options: ConnectOptions = {}): Promise<RedisConnection> {
  const { log, withinMs = 5_000, commandMs = 8_000, silentMs = 5_000 } = options;
  const place = parseRedisUrl(url);
  const name = placeName(place);
  const open = new Set<RedisClient>();
  let closed = false;
  const client = create(place, { commandTimeout: commandMs, socketTimeout: silentMs });
  try {
    await firstConnection(client, name, withinMs, place.db);
  } catch (error) {
    client.disconnect();
    throw error;
  }
  watch(client, name, log);
  return {
    client,
    place: name,
    blocking() {
      const blocking = create(place, { socketTimeout: BLOCK_MS + silentMs });
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

type Timing = Pick<CommonRedisOptions, 'commandTimeout' | 'socketTimeout'>;

function create(place: RedisPlace, timing: Timing): RedisClient {
  const { kind, tls, path, username, password, db } = place;
  // An IPv6 address stands in brackets in a URL only.
  const hosts = place.hosts.map(({ host, port }) => ({ host: host.replace(/^\[(.*)\]$/, '$1'), port }));
  const redisOptions = {
    ...timing,
    // A command ends by its own limit, not by the number of tries.
    maxRetriesPerRequest: null,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    connectTimeout: CONNECT_MS,
    // A master that became a replica, and a blocking call that was cut short by that: another server has the queue now.
    // The word stands in front, or inside of what a script says.
    reconnectOnError: ({ message }: Error) =>
      /(?:^|[ -])(?:READONLY|UNBLOCKED) /.test(message) ? (2 as const) : false,
  };
  const alone = { ...redisOptions, db, lazyConnect: true, retryStrategy: waitMs };
  if (kind === 'cluster') {
    const cluster = new BoundedCluster(hosts, {
      redisOptions,
      lazyConnect: true,
      clusterRetryStrategy: waitMs,
      retryDelayOnFailover: 200,
      retryDelayOnClusterDown: 200,
      slotsRefreshTimeout: CONNECT_MS,
    });
    cluster.limitMs = timing.commandTimeout ?? null;
    return cluster;
  }
  if (kind === 'unix') return new BoundedRedis({ ...alone, path: path! });
  if (kind === 'standalone') return new BoundedRedis({ ...alone, ...hosts[0]! });
  const { master, sentinelUsername, sentinelPassword } = place;
  return new BoundedRedis({
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

async function firstConnection(client: RedisClient, place: string, withinMs: number, db: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let last: Error | undefined;
  const onError = (error: Error & { lastNodeError?: Error }): void => {
    last = error.lastNodeError ?? error;
    if (/^(NOAUTH|WRONGPASS|NOPERM|ERR invalid password|ERR AUTH)/.test(last.message) || isUntrusted(last))
      reject(last);
  };
  const timer = setTimeout(() => reject(last ?? new Error(`no answer within ${withinMs} ms`)), withinMs);
  client.once('ready', resolve);
  client.on('error', onError);
  client.on('node error', onError);
  client.connect().catch((error: Error) => (last ??= error));
  try {
    await promise;
    // The client goes on with database 0 where there is none of that number, and tells nobody.
    if (db !== 0) await client.select(db);
  } catch (error) {
    // Not kept as the cause: ioredis hangs the command on its errors, and that of a sign-in holds the password.
    const { message } = error as Error;
    throw new AppError('QUEUE_UNAVAILABLE', `Redis at ${place} cannot be used: ${message}${trustHint(error)}`);
  } finally {
    clearTimeout(timer);
    client.off('error', onError);
    client.off('node error', onError);
  }
}

/** Of an authority that nobody here knows, or of itself. */
const UNKNOWN_AUTHORITY = /SELF_SIGNED_CERT|^UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/;

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}

/** Nor does another try help where it has expired or is another host's. */
function isUntrusted(error: unknown): boolean {
  return UNKNOWN_AUTHORITY.test(codeOf(error)) || /CERT_|HOSTNAME_MISMATCH/.test(codeOf(error));
}

function trustHint(error: unknown): string {
  if (!UNKNOWN_AUTHORITY.test(codeOf(error))) return '';
  return '. Its certificate is not trusted here: name the file of the authority that signed it in NODE_EXTRA_CA_CERTS.';
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
