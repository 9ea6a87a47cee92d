import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import { alertRules, grafanaDashboard, grafanaDatasources } from '../support/dashboards.ts';
import { parseExposition, type Sample } from '../support/exposition.ts';
import { faultsOf } from '../support/promql.ts';
import { startRedis } from '../support/redis-server.ts';
import { said, startProgram, startServe, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 180_000 };
const SAMPLES = resolve(import.meta.dirname, '../../resources/samples');

type Server = Awaited<ReturnType<typeof startServe>>;

async function scrape({ get }: Server): Promise<Sample[]> {
  const response = await get('/metrics');
  expect(response.status).toBe(200);
  return parseExposition(await response.text());
}

const valueOf = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number | undefined =>
  samples.find(
    (sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  )?.value;

/** What a `# TYPE` line is about: the parts of a histogram are one. */
const families = (page: readonly Sample[]): Set<string> =>
  new Set(page.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));

async function index(server: Server, name: string, id: string, state: string): Promise<void> {
  await server.post('/queue/enqueue', { image_path: join(SAMPLES, name), task_id: id });
  await vi.waitFor(async () => {
    expect(await (await server.get(`/queue/status/${id}`)).json()).toMatchObject({ status: state });
  }, WAIT);
}

it(
  'exports what the dashboard, the alerts and the docs speak of, and no counter falls when a server starts again',
  TEST,
  async () => {
    const data = await tempDir();
    const { url: redis } = await startRedis();
    const backends = ['--redis', redis, '--set', 'fleet.heartbeatMs=100'];
    const args = [...backends, '--workers', '0', '--allow-root', SAMPLES];
    const worker = startProgram(
      data,
      'worker',
      ...backends,
      '--workers',
      '1',
      '--log-level',
      'info',
      '--set',
      'fleet.metricsPort=0',
    );
    const first = await startServe(data, ...args);
    await index(first, 'furniture/chair-red.webp', 'good', 'completed');
    await index(first, 'gone.png', 'gone', 'failed');

    const samples = await vi.waitFor(async () => {
      const page = await scrape(first);
      // Heartbeats bring these.
      expect(valueOf(page, 'imagefleet_stage_duration_seconds_count', { stage: 'upsert' })).toBe(1);
      expect(valueOf(page, 'imagefleet_stage_duration_seconds_bucket', { stage: 'read', le: '+Inf' })).toBe(2);
      return page;
    }, WAIT);
    expect(valueOf(samples, 'imagefleet_tasks_total', { outcome: 'completed' })).toBe(1);
    expect(valueOf(samples, 'imagefleet_queue_failures', { code: 'FILE_NOT_FOUND' })).toBe(1);
    expect(valueOf(samples, 'imagefleet_task_failures_total', { code: 'FILE_NOT_FOUND' })).toBe(1);
    expect(valueOf(samples, 'imagefleet_task_failures_total', { code: 'IMAGE_CORRUPT' })).toBe(0);
    expect(valueOf(samples, 'imagefleet_backend_up', { backend: 'store' })).toBe(1);
    const route = { method: 'POST', route: '/queue/enqueue', status: '200' };
    expect(valueOf(samples, 'imagefleet_http_request_duration_seconds_count', route)).toBe(2);
    expect(valueOf(samples, 'nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);

    const { queries, panels } = grafanaDashboard();
    expect(queries.length).toBeGreaterThan(15);
    const faults = [...queries, ...alertRules().map(({ alert, expr }) => ({ title: alert, query: expr }))].flatMap(
      ({ title, query }) => faultsOf(query, samples).map((fault) => `${title}: ${fault}`),
    );
    expect(faults).toEqual([]);
    const sources = panels.flatMap((panel) => [
      panel.datasource.uid,
      ...panel.targets.map((target) => target.datasource.uid),
    ]);
    expect([...new Set(sources)]).toEqual(grafanaDatasources());

    // A worker host's own page, named apart.
    const own = await said(worker, /(http:\S+\/metrics)/);
    const workers = await vi.waitFor(async () => {
      const page = parseExposition(await (await fetch(own)).text());
      expect(valueOf(page, 'imagefleet_worker_processed_total')).toBe(1);
      expect(valueOf(page, 'imagefleet_worker_failed_total')).toBe(1);
      return page;
    }, WAIT);
    expect([...families(workers)].filter((name) => families(samples).has(name))).toEqual([]);

    const docs = readFileSync(resolve(import.meta.dirname, '../../docs/observability.md'), 'utf8');
    const told = new Set([...docs.matchAll(/^\| `(imagefleet_\w+)/gm)].map(([, name]) => name!));
    const ours = [...families(samples), ...families(workers)].filter((name) => name.startsWith('imagefleet_'));
    expect(told).toEqual(new Set(ours));

    await first.stop();
    const again = await startServe(data, ...args);
    await index(again, 'furniture/lamp-red.png', 'another', 'completed');
    const stages = (page: readonly Sample[], stage: string) =>
      valueOf(page, 'imagefleet_stage_duration_seconds_count', { stage });
    const later = await vi.waitFor(async () => {
      const page = await scrape(again);
      expect(stages(page, 'upsert')).toBeGreaterThan(0);
      return page;
    }, WAIT);
    // What the worker did before this server was there is nothing that happens now.
    expect([stages(later, 'upsert'), stages(later, 'read')]).toEqual([1, 1]);
    expect(valueOf(later, 'imagefleet_task_failures_total', { code: 'FILE_NOT_FOUND' })).toBe(0);
    const falling = samples
      .filter(
        ({ name, value, labels }) =>
          name.startsWith('imagefleet_tasks_') && (valueOf(later, name, labels) ?? 0) < value,
      )
      .map(({ name }) => name);
    expect(falling).toEqual([]);
    expect(valueOf(later, 'imagefleet_tasks_total', { outcome: 'completed' })).toBe(2);
    await again.stop();
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  },
);

it('still tells what it knows while its queue is away, and logs that once and without a stack', TEST, async () => {
  // Nobody listens on the port of "discard".
  const server = await startServe(await tempDir(), '--workers', '0', '--redis', 'redis://127.0.0.1:9');
  const samples = await scrape(server);
  expect(valueOf(samples, 'imagefleet_backend_up', { backend: 'queue' })).toBe(0);
  expect(valueOf(samples, 'imagefleet_backend_up', { backend: 'store' })).toBe(1);
  expect(valueOf(samples, 'imagefleet_queue_size')).toBeUndefined();
  const calls = Array.from({ length: 5 }, async () => (await server.get('/queue/stats')).json());
  for (const answer of await Promise.all(calls)) {
    expect(answer).toMatchObject({ status: 503, code: 'QUEUE_UNAVAILABLE' });
  }
  await server.stop();
  const lines = server.server
    .output()
    .stderr.split('\n')
    .filter((line) => line.includes('QUEUE_UNAVAILABLE'));
  expect(lines.filter((line) => line.includes('a backend is away'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('    at '))).toEqual([]);
});
