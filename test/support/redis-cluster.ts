import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, startRedis, type RedisServer } from './redis-server.ts';

export interface RedisCluster {
  /** redis+cluster://… with all nodes. */
  url: string;
  nodes: RedisServer[];
}

const SLOTS = 16_384;
const PATIENCE_MS = 20_000;

/** Masters of one cluster without replicas, the slots shared out among them; ready for commands. */
export async function startRedisCluster(count = 3): Promise<RedisCluster> {
  const nodes: { server: RedisServer; bus: number; client: Redis }[] = [];
  try {
    for (let n = 0; n < count; n++) {
      const bus = await freePort();
      const args = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000'];
      const server = await startRedis({ args });
      nodes.push({ server, bus, client: new Redis(server.port, '127.0.0.1') });
    }
    for (const [n, { client, server, bus }] of nodes.entries()) {
      const [from, to] = [n, n + 1].map((part) => Math.round((part * SLOTS) / count)) as [number, number];
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', n + 1);
      if (n > 0) await nodes[0]!.client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, bus);
    }
    await Promise.all(nodes.map(({ client }) => untilOk(client, count)));
  } finally {
    for (const { client } of nodes) client.disconnect();
  }
  const servers = nodes.map(({ server }) => server);
  return { nodes: servers, url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}` };
}

async function untilOk(client: Redis, count: number): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const info = String(await client.call('CLUSTER', 'INFO'));
    if (/cluster_state:ok/.test(info) && info.includes(`cluster_size:${count}`)) return;
    if (performance.now() > giveUpAt) throw new Error(`the cluster did not form:\n${info}`);
    await sleep(50);
  }
}
