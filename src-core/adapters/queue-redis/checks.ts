import { Cluster, type Redis } from 'ioredis';
import { z } from 'zod';
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
  /** The oldest of the servers, where there are several; "unknown" where none tells. */
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
  const versions = reports.map(({ version }) => version).filter((version) => version !== 'unknown');
  const [oldest = 'unknown'] = versions.toSorted(compareVersions);
  return { version: oldest, findings: reports.flatMap(({ findings }) => findings) };
}

function nameOf(server: Redis, servers: readonly Redis[], place: string): string {
  return servers.length === 1 ? place : `${server.options.host}:${server.options.port}`;
}

async function checkServer(server: Redis, place: string): Promise<RedisReport> {
  const text = await ask(server, place);
  if (text === null) return checkUntold(server, place);
  const info = parseInfo(text);
  const version = info.get('redis_version') ?? '0';
  refuseOld(version, place);
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
  const config = await readConfig(server);
  const findings = [eviction(info, place), persistence(info, config, place), failover(info, place)];
  return { version, findings: findings.filter((finding) => finding !== null) };
}

function refuseOld(version: string, place: string): void {
  if (compareVersions(version, LEAST_VERSION) >= 0) return;
  throw new AppError(
    'QUEUE_UNAVAILABLE',
    `Redis at ${place} is version ${version}; ${LEAST_VERSION} is the oldest that works. Update the server.`,
    { retryable: false, details: { version, least: LEAST_VERSION } },
  );
}

const hello = z
  .array(z.unknown())
  .transform((pairs) => pairs[pairs.indexOf('version') + 1])
  .pipe(z.string());

/** A user without the right to INFO: his queue works all the same. */
async function checkUntold(server: Redis, place: string): Promise<RedisReport> {
  const said = hello.safeParse(await server.call('HELLO').catch(() => null));
  if (said.success) refuseOld(said.data, place);
  const message = `Redis at ${place} does not let its user ask INFO: whether it may throw tasks away or lose them is not known`;
  const todo = 'Give the user +info, or see to maxmemory-policy noeviction and an append-only file yourself.';
  return { version: said.data ?? 'unknown', findings: [{ level: 'unknown', message, todo }] };
}

/** All of INFO: managed servers answer it where they refuse CONFIG. Null for a user who may not ask. */
async function ask(server: Redis, place: string): Promise<string | null> {
  try {
    return await server.info();
  } catch (error) {
    if ((error as Error).message.startsWith('NOPERM')) return null;
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

/** INFO tells of good replicas only where the server waits for any. */
function failover(info: ReadonlyMap<string, string>, place: string): RedisFinding | null {
  if (Number(info.get('connected_slaves') ?? 0) === 0 || info.has('min_slaves_good_slaves')) return null;
  return {
    level: 'unsafe',
    message: `Redis at ${place} goes on when its replicas fall behind: what they have not got is lost if one takes its place`,
    todo: 'Set min-replicas-to-write 1 and min-replicas-max-lag 10: then it is what the last seconds brought, at most.',
  };
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
