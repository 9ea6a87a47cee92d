import { describe, expect, it } from 'vitest';
import {
  estimate,
  estimateOfLooking,
  type EstimateInput,
  type Rehearsal,
} from '../../../../src-main/services/plan/estimate.ts';

/** `count` pictures, one every `everyMs` after the start-up. */
function steady(
  count: number,
  everyMs: number,
  startUpMs: number,
): Pick<Rehearsal, 'settled' | 'startUpMs' | 'elapsedMs'> {
  const settled = Array.from({ length: count }, (_, n) => startUpMs + n * everyMs);
  return { settled, startUpMs, elapsedMs: settled.at(-1)! };
}

function inputOf(
  rehearsal: Partial<Rehearsal> & Pick<Rehearsal, 'settled' | 'startUpMs' | 'elapsedMs' | 'efforts'>,
  counts: Record<string, number>,
  more: Partial<EstimateInput> = {},
): EstimateInput {
  return {
    rehearsal: { admitMs: 0, admitted: rehearsal.settled.length, ...rehearsal },
    counts: new Map(Object.entries(counts)),
    scanMs: 0,
    cores: 2,
    ...more,
  };
}

const efforts = (strata: Record<string, number[]>) => new Map(Object.entries(strata));
const times = (count: number, value: number) => Array.from({ length: count }, () => value);

describe('the time of a run', () => {
  it('is the sample’s own where that is everything', () => {
    const rehearsal = { ...steady(100, 10, 800), efforts: efforts({ jpg: times(100, 50) }) };
    const { ms, sampled } = estimate(inputOf(rehearsal, { jpg: 100 }));
    expect(ms).toBe(800 + 99 * 10);
    expect(sampled).toBe(100);
  });

  it('has the start-up once, and every other picture at the steady rate', () => {
    const rehearsal = { ...steady(200, 10, 800), efforts: efforts({ jpg: times(200, 50) }) };
    const { ms, picturesPerSecond, startUpMs } = estimate(inputOf(rehearsal, { jpg: 10_200 }));
    expect(ms).toBeCloseTo(800 + 199 * 10 + 10_000 * 10, 3);
    expect(picturesPerSecond).toBeCloseTo(100, 6);
    expect(startUpMs).toBe(800);
  });

  it('does not take slow first results, or a slow end, for the rate', () => {
    const warm = steady(200, 10, 2_000).settled;
    const settled = [...Array.from({ length: 20 }, (_, n) => 500 + n * 75), ...warm, 9_000];
    const rehearsal = { settled, startUpMs: 500, elapsedMs: 9_000, efforts: efforts({ jpg: times(221, 1) }) };
    expect(estimate(inputOf(rehearsal, { jpg: 100_221 })).picturesPerSecond).toBeCloseTo(100, 6);
  });

  it('shares the work among the strata by what their pictures took', () => {
    // Ten large ones take four times as long as ten small ones: 16 ms and 4 ms, as 10 ms is the mean.
    const rehearsal = { ...steady(20, 10, 0), efforts: efforts({ large: times(10, 40), small: times(10, 10) }) };
    const { ms } = estimate(inputOf(rehearsal, { large: 10, small: 1_010 }));
    expect(ms).toBeCloseTo(190 + 1_000 * 4, 3);
  });

  it('takes a stratum of which nothing was indexed for an ordinary one', () => {
    const rehearsal = { ...steady(20, 10, 0), efforts: efforts({ jpg: times(20, 5) }) };
    expect(estimate(inputOf(rehearsal, { jpg: 20, tif: 100 })).ms).toBeCloseTo(190 + 1_000, 3);
  });

  it('counts pictures alike where workers told no times', () => {
    const rehearsal = { ...steady(20, 10, 0), efforts: efforts({ jpg: times(20, 0) }) };
    expect(estimate(inputOf(rehearsal, { jpg: 120 })).ms).toBeCloseTo(190 + 1_000, 3);
  });

  it('has finding files for nothing while the workers start, and from the cores after that', () => {
    const rehearsal = { ...steady(100, 10, 1_000), efforts: efforts({ jpg: times(100, 1) }) };
    const plain = estimate(inputOf(rehearsal, { jpg: 100 })).ms;
    expect(estimate(inputOf(rehearsal, { jpg: 100 }, { scanMs: 900 })).ms).toBe(plain);
    expect(estimate(inputOf(rehearsal, { jpg: 100 }, { scanMs: 1_400 })).ms).toBe(plain + 200);
    expect(estimate(inputOf(rehearsal, { jpg: 100 }, { scanMs: 60_000 })).ms).toBe(60_000);
    const slow = { ...rehearsal, admitMs: 1_000 };
    expect(estimate(inputOf(slow, { jpg: 100 }, { scanMs: 400 })).ms).toBe(plain + 200);
  });

  it('errs on the long side where results were too few for a rate', () => {
    const rehearsal = { settled: [3_000], startUpMs: 3_000, elapsedMs: 6_000, efforts: efforts({ tif: [2_000] }) };
    const { ms, lowMs, highMs } = estimate(inputOf(rehearsal, { tif: 11 }));
    expect(ms).toBe(6_000 + 10 * 6_000);
    expect(highMs - lowMs).toBeGreaterThan(ms);
  });
});

function spreadOf(input: EstimateInput): number {
  const { ms, lowMs, highMs } = estimate(input);
  expect(ms - lowMs).toBeCloseTo(highMs - ms, 6);
  return (highMs - ms) / ms;
}

describe('its range', () => {
  it('is a tenth each way after a long steady sample of like pictures', () => {
    const rehearsal = { ...steady(1_000, 3, 500), efforts: efforts({ jpg: times(1_000, 5) }) };
    expect(spreadOf(inputOf(rehearsal, { jpg: 50_000 }))).toBeCloseTo(0.1, 6);
  });

  it('grows with how much the pictures differ, and where the sample is small', () => {
    const unlike = Array.from({ length: 1_000 }, (_, n) => (n % 10 === 0 ? 400 : 1));
    const large = spreadOf(inputOf({ ...steady(1_000, 3, 500), efforts: efforts({ jpg: unlike }) }, { jpg: 50_000 }));
    const small = spreadOf(
      inputOf({ ...steady(40, 75, 500), efforts: efforts({ jpg: unlike.slice(0, 40) }) }, { jpg: 50_000 }),
    );
    const short = spreadOf(
      inputOf({ ...steady(100, 3, 500), efforts: efforts({ jpg: times(100, 5) }) }, { jpg: 50_000 }),
    );
    expect(large).toBeGreaterThan(0.15);
    expect(small).toBeGreaterThan(2 * large);
    expect(short).toBeGreaterThan(0.2);
  });

  it('never says that it may take no time', () => {
    const rehearsal = { settled: [10, 20], startUpMs: 10, elapsedMs: 20, efforts: efforts({ a: [1], b: [1_000] }) };
    expect(estimate(inputOf(rehearsal, { a: 1_000, b: 1_000 })).lowMs).toBeGreaterThan(0);
  });
});

it('knows no rate of a run that only looks', () => {
  expect(estimateOfLooking(2_000)).toMatchObject({ ms: 2_000, lowMs: 1_600, highMs: 2_400, picturesPerSecond: null });
});
