import { describe, expect, it } from 'vitest';
import type { KnownWorker } from '../../../src-core/domain/worker-status.ts';
import { createFleetMetrics, type FleetMetrics } from '../../../src-core/telemetry/metrics.ts';
import { createWorkerMetrics } from '../../../src-core/telemetry/worker-metrics.ts';
import { createStageClock } from '../../../src-worker/stage-clock.ts';
import { heartbeatOf, statsOf } from '../../support/fleet-facts.ts';

/** The text format, version 0.0.4: `name{label="value",…} number`, and the type of each family. */
async function scrape({ registry }: Pick<FleetMetrics, 'registry'>) {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of (await registry.metrics()).split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE ([a-z_]+) ([a-z]+)$/.exec(line);
    if (type) {
      types.set(type[1]!, type[2]!);
      continue;
    }
    const sample = /^([a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)+\})?) (\S+)$/.exec(line);
    if (!sample) throw new Error(`not a sample: ${line}`);
    if (samples.has(sample[1]!)) throw new Error(`twice: ${line}`);
    samples.set(sample[1]!, Number(sample[2]));
  }
  return { samples, types };
}

const worker = (workerId: string, decodeMs: number, extra: Partial<KnownWorker> = {}): KnownWorker => {
  const status = heartbeatOf({ workerId, rssBytes: 300e6, cpu: 1.5, rate: 12 }, { decode: decodeMs });
  return { status, seenAt: 0, lost: false, ...extra };
};

describe("the fleet's metrics", () => {
  it('carry the queue', async () => {
    const metrics = createFleetMetrics();
    metrics.update(
      statsOf({
        counts: { waiting: 5, active: 2, delayed: 1, completed: 90, failed: 3, cancelled: 0 },
        oldestWaitingMs: 2_500,
        suspects: 1,
        paused: true,
        totals: { enqueued: 101, completed: 90, failed: 3, cancelled: 0, retried: 4, stalled: 2 },
        failuresByCode: { IMAGE_CORRUPT: 3 },
      }),
      [],
    );
    const { samples, types } = await scrape(metrics);
    expect(Object.fromEntries(samples)).toMatchObject({
      'imagefleet_queue_size{state="waiting"}': 5,
      'imagefleet_queue_size{state="completed"}': 90,
      imagefleet_queue_latency_seconds: 2.5,
      imagefleet_queue_paused: 1,
      imagefleet_queue_suspects: 1,
      'imagefleet_queue_failures{code="IMAGE_CORRUPT"}': 3,
      'imagefleet_tasks_total{outcome="completed"}': 90,
      'imagefleet_tasks_total{outcome="retried"}': 4,
      'imagefleet_tasks_total{outcome="stalled"}': 2,
      imagefleet_tasks_enqueued_total: 101,
      'imagefleet_workers{state="busy"}': 0,
    });
    expect(types.get('imagefleet_tasks_total')).toBe('counter');
    expect(types.get('imagefleet_queue_size')).toBe('gauge');
    expect(types.get('imagefleet_stage_duration_seconds')).toBe('histogram');
    expect(types.get('imagefleet_stage_busy_seconds_total')).toBe('counter');
  });

  it('carry the workers, and forget those that left', async () => {
    const metrics = createFleetMetrics();
    metrics.update(statsOf(), [worker('w"1', 0), worker('w2', 0), worker('w3', 0, { lost: true })]);
    const { samples } = await scrape(metrics);
    expect(samples.get('imagefleet_workers{state="busy"}')).toBe(2);
    expect(samples.get('imagefleet_workers{state="lost"}')).toBe(1);
    expect(samples.get('imagefleet_workers_resident_bytes{worker_id="w\\"1",host="here"}')).toBe(300e6);
    expect(samples.get('imagefleet_workers_cpu_cores{worker_id="w2",host="here"}')).toBe(1.5);
    metrics.update(statsOf(), [worker('w2', 0)]);
    const later = await scrape(metrics);
    expect([...later.samples.keys()].filter((name) => name.includes('worker_id="w\\"1"'))).toEqual([]);
    expect(later.samples.get('imagefleet_workers{state="lost"}')).toBe(0);
  });

  it('follow totals and failures that change', async () => {
    const metrics = createFleetMetrics();
    const totals = { enqueued: 5, completed: 5, failed: 0, cancelled: 0, retried: 0, stalled: 0 };
    metrics.update(statsOf({ totals, failuresByCode: { FILE_EMPTY: 1 } }), []);
    metrics.update(statsOf({ totals: { ...totals, completed: 8 } }), []);
    const { samples } = await scrape(metrics);
    expect(samples.get('imagefleet_tasks_total{outcome="completed"}')).toBe(8);
    expect([...samples.keys()].filter((name) => name.startsWith('imagefleet_queue_failures'))).toEqual([]);
  });

  it('add up the stages, and never shrink when a worker leaves or its name is taken over', async () => {
    const metrics = createFleetMetrics();
    const decode = async () => {
      const { samples } = await scrape(metrics);
      return samples.get('imagefleet_stage_busy_seconds_total{stage="decode"}');
    };
    metrics.update(statsOf(), [worker('w1', 1_000), worker('w2', 2_000)]);
    expect(await decode()).toBe(3);
    metrics.update(statsOf(), [worker('w1', 1_500)]);
    expect(await decode()).toBe(3.5);
    metrics.update(statsOf(), [worker('w1', 1_500), worker('w3', 250)]);
    expect(await decode()).toBe(3.75);
    const again = worker('w3', 400);
    again.status.startedAt = 99;
    metrics.update(statsOf(), [again]);
    expect(await decode()).toBe(4.15);
  });

  it('add up of the stages only what is new where others counted before, and nothing twice of a silent worker', async () => {
    const metrics = createFleetMetrics();
    const decode = async () =>
      (await scrape(metrics)).samples.get('imagefleet_stage_busy_seconds_total{stage="decode"}');
    metrics.adopt([worker('w1', 9_000)]);
    metrics.heard([worker('w1', 9_000)]);
    expect(await decode()).toBe(0);
    metrics.heard([worker('w1', 9_500), worker('w2', 1_000)]);
    expect(await decode()).toBe(1.5);
    metrics.heard([worker('w2', 1_000)]);
    metrics.heard([worker('w1', 9_750), worker('w2', 1_000)]);
    expect(await decode()).toBe(1.75);
  });

  it('count how long stages took in buckets that hold those below them', async () => {
    const metrics = createFleetMetrics();
    const clock = createStageClock(() => 0);
    for (const ms of [1, 5, 60, 40_000]) clock.took('embed', ms);
    const measured = worker('w1', 0);
    measured.status.stages = clock.snapshot();
    metrics.update(statsOf(), [measured]);
    const { samples } = await scrape(metrics);
    const of = (what: string) => samples.get(`imagefleet_stage_duration_seconds_${what}`);
    expect(of('bucket{stage="embed",le="0.005"}')).toBe(2);
    expect(of('bucket{stage="embed",le="0.05"}')).toBe(2);
    expect(of('bucket{stage="embed",le="0.1"}')).toBe(3);
    expect(of('bucket{stage="embed",le="30"}')).toBe(3);
    expect(of('bucket{stage="embed",le="+Inf"}')).toBe(4);
    expect(of('count{stage="embed"}')).toBe(4);
    expect(of('sum{stage="embed"}')).toBeCloseTo(40.066);
    expect(of('count{stage="read"}')).toBe(0);
  });
});

describe("a worker host's own metrics", () => {
  it('are named apart from the fleet’s, and forget workers that ended', async () => {
    const own = createWorkerMetrics();
    own.heard(heartbeatOf({ workerId: 'w1', processed: 7, failed: 1, rssBytes: 5 }, { decode: 2_000 }));
    const { samples } = await scrape(own);
    expect(Object.fromEntries(samples)).toMatchObject({
      'imagefleet_worker_processed_total{worker_id="w1"}': 7,
      'imagefleet_worker_failed_total{worker_id="w1"}': 1,
      'imagefleet_worker_resident_bytes{worker_id="w1"}': 5,
      'imagefleet_worker_busy{worker_id="w1"}': 1,
      'imagefleet_worker_stage_busy_seconds_total{stage="decode"}': 2,
    });
    const fleet = createFleetMetrics();
    fleet.update(statsOf(), [worker('w1', 0)]);
    const names = [...(await scrape(own)).types.keys()];
    const fleets = (await scrape(fleet)).types;
    expect(names.filter((name) => fleets.has(name))).toEqual([]);
    own.gone('w1');
    expect([...(await scrape(own)).samples.keys()].filter((name) => name.includes('w1'))).toEqual([]);
  });
});
