import { describe, expect, it } from 'vitest';
import { parseRedisUrl, placeName, redactUrl } from '../../../../src-core/adapters/queue-redis/connect-url.ts';

describe('parseRedisUrl', () => {
  it.each([
    ['redis://h', { kind: 'standalone', tls: false, hosts: [{ host: 'h', port: 6379 }], db: 0 }],
    ['rediss://h:7000/2', { kind: 'standalone', tls: true, hosts: [{ host: 'h', port: 7000 }], db: 2 }],
    ['redis://[::1]:7000', { hosts: [{ host: '[::1]', port: 7000 }] }],
    ['redis://:p%40ss@h', { password: 'p@ss' }],
    ['redis://me:a:b/c@d@h', { username: 'me', password: 'a:b/c@d', hosts: [{ host: 'h', port: 6379 }] }],
    ['redis+unix:///run/redis.sock?db=1', { kind: 'unix', path: '/run/redis.sock', hosts: [], db: 1 }],
    [
      'redis+sentinel://:pw@a,b:7000/main/3?sentinelPassword=x',
      {
        kind: 'sentinel',
        hosts: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 7_000 },
        ],
        master: 'main',
        db: 3,
        password: 'pw',
        sentinelPassword: 'x',
      },
    ],
    [
      'rediss+cluster://a,b:7000',
      {
        kind: 'cluster',
        tls: true,
        hosts: [
          { host: 'a', port: 6_379 },
          { host: 'b', port: 7_000 },
        ],
      },
    ],
  ])('reads %s', (url, place) => {
    expect(parseRedisUrl(url)).toMatchObject(place);
  });

  it.each([
    ['localhost:6379', 'has none of the forms redis://'],
    ['http://h', 'has none of the forms redis://'],
    ['redis://', 'names no host'],
    ['redis://a,b', 'names several hosts'],
    ['redis://h:99999', 'port'],
    ['redis://h/first', 'db: is not the number of a database'],
    ['redis://h h', 'is not a host name'],
    ['redis+unix://', 'names no socket'],
    ['redis+sentinel://a', 'does not say which master'],
    ['redis+cluster://a/3', 'a cluster has none but 0'],
  ])('refuses %s', (url, problem) => {
    expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ code: 'INVALID_SETTINGS' }));
    expect(() => parseRedisUrl(url)).toThrow(problem);
  });
});

it.each([
  ['redis://h:1/0', 'redis://h:1/0'],
  ['redis://:pw@h', 'redis://:***@h'],
  ['redis://me:a@b:c@h', 'redis://me:***@h'],
  [
    'redis+sentinel://me:pw@a,b/main?sentinelPassword=x&sentinelUsername=y',
    'redis+sentinel://me:***@a,b/main?sentinelPassword=***&sentinelUsername=y',
  ],
  ['nonsense://:pw@', 'nonsense://:***@'],
])('redactUrl(%s)', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

it('placeName tells where, without who', () => {
  expect(placeName(parseRedisUrl('redis+sentinel://me:pw@a,b/main'))).toBe('a:26379, b:26379 (master “main”)');
  expect(placeName(parseRedisUrl('redis+unix:///run/redis.sock'))).toBe('/run/redis.sock');
});
