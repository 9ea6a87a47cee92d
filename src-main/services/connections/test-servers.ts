import type { Settings } from '../../../src-core/settings/schema.ts';
import { addressOf } from './address-of.ts';
import { testConnection, type ConnectionTest, type ServerReport } from './test-connection.ts';

export type { ConnectionTest } from './test-connection.ts';

/** As a person types them. What is left out is not tried. */
export interface TestedServers {
  redisUrl?: string | undefined;
  qdrantUrl?: string | undefined;
  qdrantApiKey?: string | undefined;
}

interface Deps {
  settings: Pick<Settings, 'redis' | 'qdrant'>;
  checkQueueServer: (redis: Settings['redis']) => Promise<ServerReport | null>;
  checkStoreServer: (qdrant: Settings['qdrant']) => Promise<{ version: string } | null>;
}

const NOTHING: ServerReport = { version: 'unknown', findings: [] };

/**
 * The secrets in force are sent to their own server only: to an address that is, but for a password that stands as `***`, the
 * one of the settings.
 */
export function createServerTests({ settings, checkQueueServer, checkStoreServer }: Deps) {
  const { redis, qdrant } = settings;

  async function testRedis(given: string): Promise<ConnectionTest> {
    const url = isSame(given, redis.url) ? redis.url! : given;
    return testConnection(addressOf(url), async () => (await checkQueueServer({ ...redis, url })) ?? NOTHING);
  }

  async function testQdrant(given: string, key: string | undefined): Promise<ConnectionTest> {
    const isOwn = isSame(given, qdrant.url);
    const url = isOwn ? qdrant.url! : given;
    const apiKey = key ?? (isOwn ? qdrant.apiKey : null);
    return testConnection(addressOf(url), async () => {
      return { ...NOTHING, ...(await checkStoreServer({ ...qdrant, url, apiKey })) };
    });
  }

  return async ({ redisUrl, qdrantUrl, qdrantApiKey }: TestedServers) => {
    const [redisTest, qdrantTest] = await Promise.all([
      redisUrl === undefined ? null : testRedis(redisUrl),
      qdrantUrl === undefined ? null : testQdrant(qdrantUrl, qdrantApiKey),
    ]);
    return { redis: redisTest, qdrant: qdrantTest };
  };
}

/** The settings are told without their passwords, and so they come back. */
function isSame(given: string, inForce: string | null): boolean {
  if (inForce === null) return false;
  return given === inForce || given === inForce.replace(/^([\w+.-]+:\/\/)[^@/]*@/, '$1***@');
}
