import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkRedis, type RedisFinding } from '../../../../src-core/adapters/queue-redis/checks.ts';
import { connectRedis, type RedisConnection } from '../../../../src-core/adapters/queue-redis/connect.ts';
import { startRedisCluster } from '../../../support/redis-cluster.ts';
import { startRedis } from '../../../support/redis-server.ts';

const SAFE = ['--appendonly', 'yes'];

async function connect(url: string): Promise<RedisConnection> {
  const connection = await connectRedis(url);
  onTestFinished(() => connection.close());
  return connection;
}

async function findingsWith(args: readonly string[]): Promise<RedisFinding[]> {
  return (await checkRedis(await connect((await startRedis({ args })).url))).findings;
}

describe('checkRedis', () => {
  it('finds nothing unsafe about a server with an append-only file that evicts nothing', async () => {
    const report = await checkRedis(await connect((await startRedis({ args: SAFE })).url));
    expect(report).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string, findings: [] });
  });

  it('says what a server loses that keeps nothing on disk, or only snapshots', async () => {
    const [nothing, ...more] = await findingsWith([]);
    expect(nothing).toMatchObject({
      level: 'unsafe',
      message: expect.stringContaining('keeps nothing on disk') as string,
      todo: expect.stringContaining('appendonly yes') as string,
    });
    expect(more).toEqual([]);
    expect(await findingsWith(['--save', '3600 1'])).toMatchObject([
      { level: 'unsafe', message: expect.stringContaining('snapshots only (save 3600 1)') as string },
    ]);
  });

  it('says which policy would throw tasks away', async () => {
    expect(await findingsWith([...SAFE, '--maxmemory-policy', 'allkeys-lru'])).toMatchObject([
      { level: 'unsafe', message: expect.stringContaining('maxmemory-policy allkeys-lru') as string },
    ]);
  });

  it('asks no more than a server allows, and says what it could not find out', async () => {
    const [unknown, ...more] = await findingsWith(['--user', 'default', 'on', 'nopass', '~*', '+@all', '-config']);
    expect(unknown).toMatchObject({ level: 'unknown', message: expect.stringContaining('does not tell') as string });
    expect(more).toEqual([]);
  });

  it('asks every master of a cluster', async () => {
    const { url, nodes } = await startRedisCluster();
    const { findings } = await checkRedis(await connect(url));
    expect(findings).toHaveLength(3);
    for (const { port } of nodes) expect(findings.some(({ message }) => message.includes(`:${port} `))).toBe(true);
  });

  it('refuses a replica, and names its master', async () => {
    const master = await startRedis();
    const { url } = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
    await expect(checkRedis(await connect(url))).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining(`is a replica of 127.0.0.1:${master.port}`) as string,
    });
  });

  it('refuses an old version, both named', async () => {
    const port = await startOldServer('6.0.16');
    await expect(checkRedis(await connect(`redis://127.0.0.1:${port}`))).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      retryable: false,
      message: `Redis at 127.0.0.1:${port} is version 6.0.16; 6.2.0 is the oldest that works. Update the server.`,
    });
  });
});

/** A server too old to be had here: it answers INFO, and OK to all else. */
async function startOldServer(version: string): Promise<number> {
  const open = new Set<Socket>();
  const info = `# Server\r\nredis_version:${version}\r\nloading:0\r\n`;
  const server = createServer((socket) => {
    open.add(socket);
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const [, name = ''] of text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        if (name.toLowerCase() === 'hello') socket.write("-ERR unknown command 'HELLO'\r\n");
        else if (name.toLowerCase() === 'info') socket.write(`$${info.length}\r\n${info}\r\n`);
        else socket.write('+OK\r\n');
      }
    });
  });
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
