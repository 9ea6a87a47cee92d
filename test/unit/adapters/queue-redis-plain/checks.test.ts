import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

  it('asks no more than the user may, but for the version', async () => {
    const rights = ['~*', '+@all', '-info', '-config'];
    const { port } = await startRedis({ args: ['--user', 'fleet', 'on', '>secret', ...rights] });
    const report = await checkRedis(await connect(`redis://fleet:secret@127.0.0.1:${port}`));
    expect(report).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      findings: [{ level: 'unknown', message: expect.stringContaining('does not let its user ask INFO') as string }],
    });
    const old = await startOldServer('6.0.16', { mayAsk: false });
    await expect(checkRedis(await connect(`redis://127.0.0.1:${old}`))).rejects.toMatchObject({
      message: expect.stringContaining('is version 6.0.16; 6.2.0 is the oldest') as string,
    });
  });

  it('says what a failover may lose, unless writes wait for replicas', async () => {
    const master = await startRedis({ args: SAFE });
    const connection = await connect(master.url);
    await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
    await vi.waitFor(async () => expect((await checkRedis(connection)).findings).toHaveLength(1), { timeout: 10_000 });
    expect((await checkRedis(connection)).findings).toMatchObject([
      { level: 'unsafe', todo: expect.stringContaining('min-replicas-to-write 1') as string },
    ]);
    await connection.client.config('SET', 'min-replicas-to-write', '1');
    expect((await checkRedis(connection)).findings).toEqual([]);
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

/** A server too old to be had here: it answers INFO, or HELLO to who may not ask that, and OK to all else. */
async function startOldServer(version: string, { mayAsk = true } = {}): Promise<number> {
  const open = new Set<Socket>();
  const info = `# Server\r\nredis_version:${version}\r\nloading:0\r\n`;
  const answers: Record<string, string> = {
    hello: mayAsk ? "-ERR unknown command 'HELLO'\r\n" : `*2\r\n$7\r\nversion\r\n$${version.length}\r\n${version}\r\n`,
    info: mayAsk
      ? `$${info.length}\r\n${info}\r\n`
      : "-NOPERM this user has no permissions to run the 'info' command\r\n",
  };
  const server = createServer((socket) => {
    open.add(socket);
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const [, name = ''] of text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        socket.write(answers[name.toLowerCase()] ?? '+OK\r\n');
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
