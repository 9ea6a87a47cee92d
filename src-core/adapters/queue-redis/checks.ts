import { Cluster, type Redis } from 'ioredis';
import { AppError } from '../../domain/app-error.ts';
import type { RedisConnection } from './connect.ts';

/** The first version with BLMOVE and LMOVE. */
const LEAST_VERSION = '6.2.0';

/** What is unsafe about a server, or could not be found out, in one line each. */
export interface RedisFinding {
  /** `unsafe`: acknowledged tasks may be lost. `unknown`: the server does not tell. */
  level: 'unsafe' | 'unknown';
  message: string;
  todo: string;
}

export interface RedisReport {
  /** The oldest of the servers, where there are several. */
  version: string;
  findings: RedisFinding[];
}

/**
 * Looks whether a server, or every master of a cluster, keeps what it has acknowledged. Throws QUEUE_UNAVAILABLE when one
 * is older than 6.2, a replica, or cannot be asked.
 */
export async function checkRedis({ client, place }: RedisConnection): Promise<RedisReport> {
  const servers = client instanceof Cluster ? client.nodes('master') : [client];
  const reports = await Promise.all(servers.map((server) => checkServer(server, nameOf(server, servers, place))));
  const [oldest] = reports.map(({ version }) => version).toSorted(compareVersions);
  return { version: oldest!, findings: reports.flatMap(({ findings }) => findings) };
}

function nameOf(server: Redis, servers: readonly Redis[], place: string): string {
  return servers.length === 1 ? place : `${server.options.host}:${server.options.port}`;
}

async function checkServer(server: Redis, place: string): Promise<RedisReport> {
  const info = parseInfo(await ask(server, place));
  const version = info.get('redis_version') ?? '0';
  if (compareVersions(version, LEAST_VERSION) < 0) {
    throw new AppError(
      'QUEUE_UNAVAILABLE',
      `Redis at ${place} is version ${version}; ${LEAST_VERSION} is the oldest that works. Update the server.`,
      { retryable: false, details: { version, least: LEAST_VERSION } },
    );
  }
  if (info.get('role') === 'slave') {
    const master = `${info.get('master_host')}:${info.get('master_port')}`;
    throw new AppError(
      'QUEUE_UNAVAILABLE',
      `Redis at ${place} is a replica of ${master}: name that, or the sentinels`,
      {
        retryable: false,
      },
    );
  }
  const findings = [eviction(info, place), persistence(info, await readConfig(server), place)];
  return { version, findings: findings.filter((finding) => finding !== null) };
}

/** All of INFO: managed servers answer it where they refuse CONFIG. */
async function ask(server: Redis, place: string): Promise<string> {
  try {
    return await server.info();
  } catch (error) {
    throw new AppError('QUEUE_UNAVAILABLE', `Redis at ${place} does not answer INFO: ${(error as Error).message}`);
  }
}

function eviction(info: ReadonlyMap<string, string>, place: string): RedisFinding | null {
  const policy = info.get('maxmemory_policy');
  const todo = 'Set maxmemory-policy noeviction (redis.conf, or CONFIG SET maxmemory-policy noeviction).';
  if (policy === 'noeviction') return null;
  if (policy === undefined) {
    return { level: 'unknown', message: `Redis at ${place} does not tell its maxmemory-policy`, todo };
  }
  const message = `Redis at ${place} has maxmemory-policy ${policy}: it may throw tasks away when its memory is full`;
  return { level: 'unsafe', message, todo };
}

type Config = { save: string } | null;

/** What INFO does not tell: whether snapshots are made at all. Null where the server does not let us ask. */
async function readConfig(server: Redis): Promise<Config> {
  try {
    const [, save = ''] = (await server.config('GET', 'save')) as string[];
    return { save };
  } catch {
    return null;
  }
}

function persistence(info: ReadonlyMap<string, string>, config: Config, place: string): RedisFinding | null {
  const todo = 'Switch the append-only file on: appendonly yes, with appendfsync everysec or always.';
  if (info.get('aof_enabled') === '1') {
    if ((info.get('aof_last_write_status') ?? 'ok') === 'ok') return null;
    return {
      level: 'unsafe',
      message: `Redis at ${place} cannot write its append-only file`,
      todo: 'See the server’s log; its disk may be full.',
    };
  }
  if (config === null) {
    const message = `Redis at ${place} has no append-only file and does not tell whether it makes snapshots`;
    return { level: 'unknown', message, todo };
  }
  const message =
    config.save === ''
      ? `Redis at ${place} keeps nothing on disk: a restart loses the queue`
      : `Redis at ${place} makes snapshots only (save ${config.save}): a crash loses what came since the last one`;
  return { level: 'unsafe', message, todo };
}

function parseInfo(info: string): Map<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (left![part] ?? 0) - (right![part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
