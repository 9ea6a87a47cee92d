import { expect, it } from 'vitest';
import { parseExposition } from '../../support/exposition.ts';
import { faultsOf } from '../../support/promql.ts';

// The check of the dashboard must be able to fail.

const samples = parseExposition(`# HELP size Tasks
# TYPE size gauge
size{state="waiting"} 1
# TYPE done_total counter
done_total{outcome="completed"} 2
# TYPE took histogram
took_bucket{le="+Inf",stage="read"} 1
took_sum{stage="read"} 1
took_count{stage="read"} 1
`);

it.each([
  'max by (state) (size{state=~"waiting|active"}) > 0',
  'sum(rate(done_total{outcome!="failed"}[5m])) / max(size)',
  'histogram_quantile(0.95, sum by (stage, le, instance) (rate(took_bucket[5m])))',
  'up{job="imagefleet"} == 0',
])('finds no fault in %s', (query) => expect(faultsOf(query, samples)).toEqual([]));

it.each([
  ['max(sizes)', 'nothing exports sizes'],
  ['max(size{state="gone"})', 'no size has these labels: max(size{state="gone"})'],
  ['max by (colour) (size)', 'size has no label colour'],
  ['sum by (colour) (max by (state) (size))', 'size has no label colour'],
  ['max(size{colour!="red"})', 'size has no label colour'],
  ['rate(size[5m])', 'size is a gauge, so it has no rate'],
  ['max(done_total)', 'done_total is a counter, so it wants a rate'],
])('says what is wrong with %s', (query, fault) => expect(faultsOf(query, samples)).toEqual([fault]));

it.each(['size{', 'sum(size', 'rate(done_total[5 cats])'])('takes no query that is none: %s', (query) => {
  expect(() => faultsOf(query, samples)).toThrow('no PromQL');
});
