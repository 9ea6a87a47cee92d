import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { startCollector, type CollectedSpan } from '../support/collector.ts';
import { startRedis } from '../support/redis-server.ts';
import { startProgram, startServe, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 180_000 };
const SAMPLES = resolve(import.meta.dirname, '../../resources/samples');
const CALLER = resolve(import.meta.dirname, '../support/traced-caller.ts');
const QUEUE = 'image_indexing_queue';

it.each(['data dir', 'redis'])(
  'follows a picture from its caller to its end, with the queue in: %s',
  TEST,
  async (where) => {
    const collector = await startCollector();
    const data = await tempDir();
    const queue = where === 'redis' ? ['--redis', (await startRedis()).url] : [];
    const traced = ['--set', `tracing.endpoint=${collector.endpoint}`, ...queue];
    const server = await startServe(data, ...traced, '--workers', '0', '--allow-root', SAMPLES);
    const worker = startProgram(data, 'worker', ...traced, '--workers', '1');

    const picture = join(SAMPLES, 'furniture', 'chair-red.webp');
    const run = promisify(execFile);
    const { stdout: traceId } = await run(process.execPath, [
      CALLER,
      collector.endpoint,
      server.url,
      server.token,
      picture,
    ]);
    await vi.waitFor(async () => {
      expect(await (await server.get('/queue/status/traced')).json()).toMatchObject({ status: 'completed' });
    }, WAIT);
    await vi.waitFor(() => expect(collector.spans.some(({ name }) => name === `process ${QUEUE}`)).toBe(true), WAIT);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    await server.stop();

    const spans = collector.spans.filter((span) => span.traceId === traceId);
    const of = (name: string): CollectedSpan => {
      const [span, ...more] = spans.filter((each) => each.name === name);
      expect({ name, found: span !== undefined, more }).toEqual({ name, found: true, more: [] });
      return span!;
    };
    const way = ['upload a product', 'POST /queue/enqueue', `send ${QUEUE}`, `process ${QUEUE}`].map(of);
    expect(way.map(({ kind }) => kind)).toEqual(['client', 'server', 'producer', 'consumer']);
    expect(way.map(({ parentId }) => parentId)).toEqual([null, ...way.slice(0, 3).map(({ spanId }) => spanId)]);
    expect(new Set(spans.map(({ resource }) => resource['process.pid'])).size).toBe(3);

    const services = way.map(({ resource }) => resource['service.name']);
    expect(services.slice(1)).toEqual(['imagefleet-serve', 'imagefleet-serve', 'imagefleet-worker']);

    const processed = way[3]!;
    const stages = ['read', 'decode', 'embed', 'upsert', `settle ${QUEUE}`].map(of);
    for (const [index, stage] of stages.entries()) {
      expect(stage).toMatchObject({ parentId: processed.spanId, failed: false });
      expect(stage.to).toBeGreaterThanOrEqual(stage.from);
      expect(stage.from).toBeGreaterThanOrEqual(stages[index - 1]?.from ?? processed.from - 5);
    }
    expect(spans).toHaveLength(way.length + stages.length);
    expect(processed.attributes).toMatchObject({
      'messaging.operation.type': 'process',
      'messaging.message.id': 'traced',
      'imagefleet.attempt': 1,
      'imagefleet.outcome': 'done',
    });
    // The claim is a trace of its own: it may be one of many pictures.
    const [link] = processed.links;
    const receive = collector.spans.find(({ spanId }) => spanId === link?.spanId);
    expect(receive).toMatchObject({ name: `receive ${QUEUE}`, kind: 'client', links: [{ traceId }] });
  },
);

it('says in its trace why a picture failed, and what the log says of it', TEST, async () => {
  const collector = await startCollector();
  const data = await tempDir();
  const traced = ['--set', `tracing.endpoint=${collector.endpoint}`];
  const server = await startServe(data, ...traced, '--workers', '1', '--allow-root', SAMPLES);
  await server.post('/queue/enqueue', { image_path: join(SAMPLES, 'gone.png'), task_id: 'gone' });
  const processed = await vi.waitFor(() => {
    const span = collector.spans.find(({ name }) => name === `process ${QUEUE}`);
    expect(span).toBeDefined();
    return span!;
  }, WAIT);
  expect(processed).toMatchObject({
    failed: true,
    attributes: { 'error.type': 'FILE_NOT_FOUND', 'imagefleet.outcome': 'dead' },
  });
  await server.stop();
});
