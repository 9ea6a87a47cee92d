import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';

/** Where a Redis is, as a URL says it. */
export interface RedisPlace {
  kind: 'standalone' | 'sentinel' | 'cluster' | 'unix';
  tls: boolean;
  /** One for a single server; sentinels or cluster nodes where there may be several; none for a socket. */
  hosts: { host: string; port: number }[];
  /** Path of a Unix socket. */
  path?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  db: number;
  /** What the sentinels call the master. */
  master?: string | undefined;
  sentinelUsername?: string | undefined;
  sentinelPassword?: string | undefined;
}

export const REDIS_URL_FORMS =
  'redis://host:6379/0, rediss://… (TLS), redis+unix:///path/to/socket, redis+sentinel://host:26379,host/master/0 or redis+cluster://host,host';

const KINDS = {
  'redis:': ['standalone', false],
  'rediss:': ['standalone', true],
  'redis+unix:': ['unix', false],
  'redis+sentinel:': ['sentinel', false],
  'rediss+sentinel:': ['sentinel', true],
  'redis+cluster:': ['cluster', false],
  'rediss+cluster:': ['cluster', true],
} as const satisfies Record<string, readonly [RedisPlace['kind'], boolean]>;

/** `scheme:` `user:password` `hosts` `/path` `?query`; a list of hosts is none that the class URL would take. */
const SHAPE = /^([a-z+]+:)\/\/(?:(.*)@)?([^/?#]*)(\/[^?#]*)?(\?[^#]*)?$/i;

const host = z.object({
  host: z.string().regex(/^(?:[\w.-]+|\[[\da-f:.]+\])$/i, 'is not a host name or address'),
  port: z.coerce.number().int().min(1).max(65_535),
});
const database = z.coerce.number('is not the number of a database').int().min(0);

const place = z
  .object({
    kind: z.enum(['standalone', 'sentinel', 'cluster', 'unix']),
    tls: z.boolean(),
    hosts: z.array(host),
    path: z.string().optional(),
    username: z.string().optional(),
    password: z.string().optional(),
    db: database,
    master: z.string().min(1).optional(),
    sentinelUsername: z.string().optional(),
    sentinelPassword: z.string().optional(),
  })
  .check(({ value, issues }) => {
    const problem = problemOf(value);
    if (problem !== null) issues.push({ code: 'custom', message: problem, input: value.kind });
  });

function problemOf({ kind, hosts, db, master, path }: RedisPlace): string | null {
  if (kind === 'unix') return path === undefined ? 'names no socket' : null;
  if (hosts.length === 0) return 'names no host';
  if (kind === 'standalone' && hosts.length > 1)
    return 'names several hosts; redis+cluster:// and redis+sentinel:// do';
  if (kind === 'sentinel' && master === undefined) return 'does not say which master the sentinels watch: /mymaster';
  if (kind === 'cluster' && db !== 0) return 'names a database; a cluster has none but 0';
  return null;
}

/** Throws INVALID_SETTINGS with what is wrong and which forms there are; a password is never in it. */
export function parseRedisUrl(url: string): RedisPlace {
  const what = `the Redis URL “${redactUrl(url)}”`;
  const [, scheme = '', auth, hosts = '', path = '', query = ''] = SHAPE.exec(url) ?? [];
  const known = KINDS[scheme.toLowerCase() as keyof typeof KINDS] as (typeof KINDS)[keyof typeof KINDS] | undefined;
  parseOrThrow(
    z.literal(true, `has none of the forms ${REDIS_URL_FORMS}`),
    known !== undefined,
    what,
    'INVALID_SETTINGS',
  );
  const [kind, tls] = known!;
  const [first, second] = path.split('/').filter(Boolean).map(decoded);
  const more = new URLSearchParams(query);
  return parseOrThrow(
    place,
    {
      kind,
      tls,
      hosts: hosts
        .split(',')
        .filter(Boolean)
        .map((text) => toHost(text, kind === 'sentinel' ? 26_379 : 6_379)),
      ...(kind === 'unix' && path !== '' && { path: decoded(path) }),
      ...credentials(auth),
      ...(kind === 'sentinel' && { master: first }),
      db: (kind === 'sentinel' ? second : kind === 'unix' ? more.get('db') : first) ?? 0,
      ...(more.has('sentinelUsername') && { sentinelUsername: more.get('sentinelUsername') }),
      ...(more.has('sentinelPassword') && { sentinelPassword: more.get('sentinelPassword') }),
    },
    what,
    'INVALID_SETTINGS',
  ) as RedisPlace;
}

function toHost(text: string, standard: number): { host: string; port: string | number } {
  const [, name = text, port = standard] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return { host: name, port };
}

function credentials(auth: string | undefined): Pick<RedisPlace, 'username' | 'password'> {
  if (auth === undefined || auth === '') return {};
  const [username = '', ...password] = auth.split(':');
  return {
    ...(username !== '' && { username: decoded(username) }),
    ...(password.length > 0 && { password: decoded(password.join(':')) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a password with a bare % in it
  }
}

/** The URL as it may be shown and logged: passwords are ***, whatever else may be wrong with it. */
export function redactUrl(url: string): string {
  return url.replace(/\/\/([^:@/]*):.*@/, '//$1:***@').replaceAll(/(sentinelPassword=)[^&#]*/gi, '$1***');
}

/** The hosts and ports, or the socket, for messages. */
export function placeName({ hosts, path, master }: RedisPlace): string {
  const where = path ?? hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
  return master === undefined ? where : `${where} (master “${master}”)`;
}
