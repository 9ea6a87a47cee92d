/**
 * A server of this benchmark: `server-child.ts ours|bare REDIS-URL DATA-DIR ROOT` (no URL: the embedded queue). Sends its
 * port; on the message `memory` its resident bytes; ends with the channel.
 */
import { Redis } from 'ioredis';
import Fastify from 'fastify';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { createConsole } from '../../../src-main/console.ts';
import { startHeadless } from '../../../src-main/headless.ts';

const [kind = '', redis = '', folder = '', root = ''] = process.argv.slice(2);

async function startOurs(): Promise<{ port: number; stop: () => Promise<void> }> {
  const settings = settingsSchema.parse({
    fleet: { workers: 0 },
    http: { requestsPerMinute: 0 },
    paths: { allowRoots: [root] },
    ...(redis && { redis: { url: redis } }),
  });
  const dataDir = await openDataDir(folder);
  const logTo = { write: (text: string) => void process.stderr.write(text), terminal: false };
  const console = createConsole({ settings, dataDir, proc: 'bench', logTo });
  const { url, stop } = await startHeadless(console, {
    host: '127.0.0.1',
    port: 0,
    token: null,
    readOnlyToken: null,
    allowedHosts: [],
  });
  return {
    port: Number(new URL(url).port),
    async stop() {
      await stop();
      await console.close();
    },
  };
}

/** The floor: no check, no schema, one command. */
async function startBare(): Promise<{ port: number; stop: () => Promise<void> }> {
  const client = new Redis(redis);
  const app = Fastify();
  app.post('/queue/enqueue', async ({ body }) => ({ length: await client.rpush('bare', JSON.stringify(body)) }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    port: Number(new URL(url).port),
    async stop() {
      await app.close();
      client.disconnect();
    },
  };
}

const { port, stop } = await (kind === 'bare' ? startBare() : startOurs());
process.on('message', () => {
  globalThis.gc?.();
  process.send!({ rss: process.memoryUsage().rss });
});
process.once('disconnect', () => void stop().then(() => process.exit()));
process.send!({ port });
