import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  connectRedis,
  type ConnectOptions,
  type RedisConnection,
} from '../../src-core/adapters/queue-redis/connect.ts';
import { createLogger } from '../../src-core/telemetry/log.ts';
import { startCutProxy } from '../support/cut-proxy.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startSentinel } from '../support/redis-sentinel.ts';
import { freePort, startRedis } from '../support/redis-server.ts';
import { startRedisTls } from '../support/redis-tls.ts';

async function connect(url: string, options: ConnectOptions = {}): Promise<RedisConnection> {
  const connection = await connectRedis(url, options);
  onTestFinished(() => connection.close());
  return connection;
}

describe('a Redis URL leads to', () => {
  it('a server, its database and its user', async () => {
    const args = ['--user', 'fleet', 'on', '>p@ss:w/rd', '~*', '+@all'];
    const { port } = await startRedis({ args });
    const { client } = await connect(`redis://fleet:p%40ss%3Aw%2Frd@127.0.0.1:${port}/3`);
    expect(await client.call('ACL', 'WHOAMI')).toBe('fleet');
    expect(await client.call('CLIENT', 'INFO')).toContain(' db=3 ');
  });

  it('a Unix socket', async () => {
    const { dir } = await startRedis({ args: ['--unixsocket', 'redis.sock'] });
    const { client } = await connect(`redis+unix://${dir}/redis.sock?db=2`);
    expect(await client.call('CLIENT', 'INFO')).toContain(' db=2 ');
  });

  it.each([
    ['itself', 'self-signed certificate'],
    ['authority', 'self-signed certificate in certificate chain'],
  ] as const)('a server with TLS, whose certificate is checked: signed by %s', async (signedBy, reason) => {
    const { url, certificate } = await startRedisTls({ signedBy });
    const startedAt = performance.now();
    await expect(connectRedis(url, { withinMs: 10_000 })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`${reason}.*NODE_EXTRA_CA_CERTS`)) as string,
    });
    // Another try would not help.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const trusted = getCACertificates();
    setDefaultCACertificates([...trusted, certificate]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    const { client } = await connect(url);
    expect(await client.ping()).toBe('PONG');
  });

  it('a cluster, whatever node has the key', async () => {
    const { url } = await startRedisCluster();
    const { client } = await connect(url);
    for (const key of ['a', 'b', 'c', 'd']) await client.set(key, key);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => client.get(key)))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('the master that sentinels name, and to the next one', { timeout: 60_000 }, async () => {
    const { url, master, replica, failOver } = await startSentinel();
    const connection = await connect(url);
    const { client } = connection;
    expect(await client.info('server')).toContain(`tcp_port:${master.port}`);
    const blocking = connection.blocking();
    const popped = (async () => {
      for (;;) {
        const answer = await blocking.blpop('list', 5).catch(() => null);
        if (answer) return answer;
      }
    })();
    await vi.waitFor(async () => expect(await client.info('clients')).toContain('blocked_clients:1'));
    await failOver();
    await vi.waitFor(async () => expect(await client.info('server')).toContain(`tcp_port:${replica.port}`), {
      timeout: 20_000,
      interval: 100,
    });
    expect(await client.rpush('list', 'x')).toBe(1);
    // It was waited for on the old master at first.
    expect(await popped).toEqual(['list', 'x']);
  });
});

describe('a first connection', () => {
  it('that nobody answers fails within its time, and says where', async () => {
    const port = await freePort();
    await expect(connectRedis(`redis://:secret@127.0.0.1:${port}`, { withinMs: 500 })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: `Redis at 127.0.0.1:${port} cannot be used: connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  it('that is taken and never answered fails within its time', async () => {
    const { port } = await startRedis();
    const proxy = await startCutProxy(port);
    proxy.mode = 'hang';
    await expect(connectRedis(`redis://127.0.0.1:${proxy.port}`, { withinMs: 500 })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: `Redis at 127.0.0.1:${proxy.port} cannot be used: no answer within 500 ms`,
    });
  });

  it('with a wrong password fails at once and does not repeat it', async () => {
    const { port } = await startRedis({ args: ['--requirepass', 'right'] });
    const wrong = await connectRedis(`redis://:wrong-secret@127.0.0.1:${port}`).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: 'QUEUE_UNAVAILABLE', message: expect.stringContaining('WRONGPASS') as string });
    expect(JSON.stringify(wrong, Object.getOwnPropertyNames(wrong))).not.toContain('wrong-secret');
    await expect(connectRedis(`redis://127.0.0.1:${port}`)).rejects.toMatchObject({
      message: expect.stringContaining('NOAUTH') as string,
    });
  });

  it('waits for a server that is still starting', async () => {
    const server = await startRedis();
    await server.kill();
    const connecting = connect(server.url);
    await server.restart();
    expect(await (await connecting).client.ping()).toBe('PONG');
  });
});

it('a blocking connection that is asked for after the end is none', async () => {
  const { url } = await startRedis();
  const connection = await connectRedis(url);
  connection.close();
  await expect(connection.blocking().blpop('list', 1)).rejects.toThrow('Connection is closed');
});

describe('after an outage', () => {
  it('commands and blocked calls go on by themselves', async () => {
    const server = await startRedis();
    const connection = await connect(server.url);
    const blocked = connection.blocking().blpop('list', 5);
    await vi.waitFor(async () => expect(await connection.client.info('clients')).toContain('blocked_clients:1'));
    await server.kill();
    await server.restart();
    await vi.waitFor(() => connection.client.rpush('list', 'x'), { timeout: 10_000 });
    expect(await blocked).toEqual(['list', 'x']);
  });

  it('that lasts, a command is given up in a bounded time and not sent later', { timeout: 30_000 }, async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes'] });
    const { client } = await connect(server.url, { commandMs: 1_000 });
    await server.kill();
    const startedAt = performance.now();
    await expect(client.incr('n')).rejects.toThrow('timed out');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await server.restart();
    await vi.waitFor(async () => expect(await client.get('n')).toBeNull(), { timeout: 10_000 });
  });

  it('in which a server falls silent, another connection is tried', { timeout: 30_000 }, async () => {
    const { port } = await startRedis();
    const proxy = await startCutProxy(port);
    const { client } = await connect(`redis://127.0.0.1:${proxy.port}`, { silentMs: 500 });
    const before = proxy.taken;
    proxy.mode = 'hang';
    const answer = client.set('a', '1');
    await vi.waitFor(() => expect(proxy.taken).toBeGreaterThan(before), { timeout: 8_000 });
    proxy.mode = 'pass';
    expect(await answer).toBe('OK');
  });

  it('of a cluster’s node, commands and blocked calls go on', { timeout: 60_000 }, async () => {
    const { url, nodes } = await startRedisCluster();
    const connection = await connect(url);
    const { client } = connection;
    const blocking = connection.blocking();
    const popped = (async () => {
      for (;;) {
        const answer = await blocking.blpop('{q}list', 2).catch(() => null);
        if (answer) return answer;
      }
    })();
    for (const node of nodes) {
      await node.kill();
      await node.restart();
    }
    const push = async (): Promise<void> => expect(await client.rpush('{q}list', 'x')).toBe(1);
    await vi.waitFor(push, { timeout: 30_000, interval: 200 });
    expect(await popped).toEqual(['{q}list', 'x']);
  });

  it('of a whole cluster, commands are given up in a bounded time', { timeout: 60_000 }, async () => {
    const { url, nodes } = await startRedisCluster();
    const { client } = await connect(url, { commandMs: 1_000 });
    for (const node of nodes) await node.kill();
    for (let n = 0; n < 2; n++) {
      const startedAt = performance.now();
      await expect(client.incr('n')).rejects.toThrow(/timed out|Too many Cluster redirections|closed/);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
    for (const node of nodes) await node.restart();
    await vi.waitFor(async () => expect(await client.get('n')).toBeNull(), { timeout: 30_000, interval: 200 });
  });

  it('the log has one line for the loss and one for the return', async () => {
    const server = await startRedis();
    const lines: string[] = [];
    const log = createLogger({ proc: 'test', level: 'info', format: 'json', write: (line) => void lines.push(line) });
    const { client } = await connect(server.url, { log, commandMs: 1_000 });
    await server.kill();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    // Longer than some tries.
    await expect(client.ping()).rejects.toThrow('timed out');
    await server.restart();
    await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 10_000 });
    expect(lines[0]).toContain('is lost');
    expect(lines[1]).toContain('is back');
  });

  it('in the middle of a reply, the command is sent again', async () => {
    const { port } = await startRedis();
    const proxy = await startCutProxy(port);
    const { client } = await connect(`redis://127.0.0.1:${proxy.port}`);
    await client.set('text', 'x'.repeat(1_000));
    const cut = proxy.cutOnce({ afterReplyBytes: 500 });
    expect(await client.get('text')).toHaveLength(1_000);
    await cut;
    // Both runs of it counted: what is sent through such a connection must do no harm twice.
    const lost = proxy.cutOnce({ afterReplyBytes: 0 });
    expect(await client.incr('n')).toBe(2);
    await lost;
  });

  it('in the middle of a request, it is sent again whole', async () => {
    const { port } = await startRedis();
    const proxy = await startCutProxy(port);
    const { client } = await connect(`redis://127.0.0.1:${proxy.port}`);
    const cut = proxy.cutOnce({ afterRequestBytes: 40 });
    expect(await client.rpush('list', 'y'.repeat(1_000))).toBe(1);
    await cut;
  });
});
