/*
 * The Qdrant double as a process of its own, for tests whose workers are processes too:
 *
 *   node test/support/qdrant-double/main.ts --port 6333 [--api-key K] [--read-only-api-key K]
 *
 * Prints `{"url": …}` as a line once it listens. Each line on its standard input is a JSON value: `{"down": ms}`,
 * `{"up": true}` or `{"fault": {"trouble": …, "times": n, "path": "part of the address"}}`, answered with `{"done": true}`.
 * Ends with SIGTERM, or when its parent is gone; what it held is gone then.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { troubleSchema } from '../http-faults.ts';
import { startQdrantDouble } from './start.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'api-key': { type: 'string' },
    'read-only-api-key': { type: 'string' },
  },
});

const commandSchema = z.union([
  z.strictObject({ down: z.number() }),
  z.strictObject({ up: z.literal(true) }),
  z.strictObject({
    fault: z.strictObject({ trouble: troubleSchema, times: z.int().optional(), path: z.string().optional() }),
  }),
]);

const double = await startQdrantDouble({
  port: Number(values.port),
  ...(values['api-key'] !== undefined && { apiKey: values['api-key'] }),
  ...(values['read-only-api-key'] !== undefined && { readOnlyApiKey: values['read-only-api-key'] }),
});

async function obey(line: string): Promise<void> {
  const command = commandSchema.parse(JSON.parse(line));
  if ('down' in command) await double.faults.down(command.down);
  else if ('up' in command) await double.faults.up();
  else {
    const { trouble, times = Infinity, path = '' } = command.fault;
    double.faults.add({ trouble, times, when: (request) => request.path.includes(path) });
  }
}

const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid !== parent) void stop();
}, 500);

async function stop(): Promise<void> {
  clearInterval(watch);
  lines.close();
  process.stdin.destroy();
  await double.stop();
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  obey(line).then(
    () => say({ done: true }),
    (error: unknown) => say({ error: String(error) }),
  );
});
process.once('SIGTERM', () => void stop());
say({ url: double.url });
