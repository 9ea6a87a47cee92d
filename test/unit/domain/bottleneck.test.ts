import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bottleneck, type FleetView, type WorkerSpan } from '../../../src-core/domain/bottleneck.ts';
import { STAGES, type StageName, type WorkerStatus } from '../../../src-core/domain/worker-status.ts';
import { heartbeatOf } from '../../support/fleet-facts.ts';

/** A worker over ten seconds; `busy` is the part of them that each stage was busy. */
function span(
  workerId: string,
  busy: Partial<Record<StageName, number>>,
  status: Partial<WorkerStatus> = {},
): WorkerSpan {
  const at = (seenAt: number, factor: number) => ({
    status: heartbeatOf(
      { workerId, cpu: 1, ...status },
      Object.fromEntries(Object.entries(busy).map(([stage, part]) => [stage, part * factor])),
    ),
    seenAt,
    lost: false,
  });
  return { before: at(5_000, 1_000), after: at(15_000, 11_000) };
}

const view = (spans: WorkerSpan[], rest: Partial<FleetView> = {}): FleetView => ({
  spans,
  open: 100,
  paused: false,
  host: 'here',
  cores: 2,
  idle: null,
  ...rest,
});

describe('what limits the fleet', () => {
  it.each<[string, Partial<Record<StageName, number>>]>([
    ['reading', { read: 0.99, decode: 0.3, embed: 0.2, upsert: 0.05, settle: 0.05 }],
    ['decoding', { read: 0.99, decode: 0.98, embed: 0.6, upsert: 0.1 }],
    ['inference', { read: 1, decode: 0.97, embed: 0.98, upsert: 0.2 }],
    ['store', { read: 0.9, decode: 0.9, embed: 0.5, upsert: 0.97, settle: 0.2 }],
    ['queue', { decode: 0.5, embed: 0.5, upsert: 0.5, settle: 0.9 }],
  ])('%s: the last stage that is as busy as the busiest', (limit, busy) => {
    expect(bottleneck(view([span('a', busy), span('b', busy)])).limit).toBe(limit);
  });

  it('says how much of this machine is used, and whether more workers may help', () => {
    const busy = { decode: 1 };
    const full = bottleneck(view([span('a', busy, { cpu: 0.92 }), span('b', busy, { cpu: 0.92 })]));
    expect(full).toEqual({
      limit: 'decoding',
      share: 0.92,
      moreWorkersHelp: false,
      text: 'decoding, 92 % of what this machine can do; more workers would not help',
    });
    const half = bottleneck(view([span('a', busy, { cpu: 1 })]));
    expect(half.text).toBe('decoding, 50 % of what this machine can do; more workers may help');
    expect(half.moreWorkersHelp).toBe(true);
  });

  it('knows that a machine may be full of other work', () => {
    const spans = [span('a', { decode: 1 }, { cpu: 1 })];
    expect(bottleneck(view(spans, { idle: 0.4 })).text).toBe(
      'decoding, 50 % of what this machine can do; more workers may help',
    );
    expect(bottleneck(view(spans, { idle: 0.02 })).text).toBe(
      'decoding, 50 % of what this machine can do, other programs take the rest; more workers would not help',
    );
  });

  it('counts the processors of this machine only', () => {
    const spans = [span('a', { embed: 1 }, { cpu: 1 }), span('b', { embed: 1 }, { cpu: 8, host: 'there' })];
    expect(bottleneck(view(spans)).share).toBe(0.5);
    expect(bottleneck(view([spans[1]!]))).toEqual({
      limit: 'inference',
      share: 0,
      moreWorkersHelp: null,
      text: 'inference',
    });
  });

  it('weighs workers by their time', () => {
    const short = span('a', { embed: 1 });
    short.before = { ...short.after, seenAt: short.after.seenAt - 1 };
    expect(bottleneck(view([short, span('b', { decode: 1 })])).limit).toBe('decoding');
  });

  it('knows when nothing is to do, nobody is there, or all wait', () => {
    const idle = span('a', { read: 0.001 });
    const waiting = span('a', {}, { waitingFor: 'the store cannot be reached' });
    expect(bottleneck(view([idle], { open: 0 })).limit).toBe('nothing to do');
    expect(bottleneck(view([idle])).limit).toBe('nothing to do');
    expect(bottleneck(view([]))).toMatchObject({ limit: 'no workers', moreWorkersHelp: true });
    expect(bottleneck(view([], { open: 0 })).limit).toBe('nothing to do');
    expect(bottleneck(view([idle], { paused: true }))).toMatchObject({ limit: 'paused', moreWorkersHelp: false });
    expect(bottleneck(view([waiting]))).toMatchObject({
      limit: 'store away',
      text: 'waiting: the store cannot be reached',
    });
    expect(bottleneck(view([waiting, span('b', { embed: 1 })])).limit).toBe('inference');
    const unknown = { limit: 'not known yet', moreWorkersHelp: null };
    expect(bottleneck(view([{ ...idle, before: null }]))).toMatchObject(unknown);
  });

  const times = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  const anySpan = fc
    .record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      host: fc.constantFrom('here', 'there'),
      cpu: fc.oneof(fc.double({ min: 0, max: 64, noNaN: true }), fc.constant(Number.NaN)),
      first: fc.tuple(...STAGES.map(() => times)),
      second: fc.tuple(...STAGES.map(() => times)),
      from: fc.integer({ min: -1_000, max: 1_000 }),
      to: fc.integer({ min: -1_000, max: 1_000 }),
      alone: fc.boolean(),
      waitingFor: fc.constantFrom(null, 'the store'),
    })
    .map(({ id, host, cpu, first, second, from, to, alone, waitingFor }): WorkerSpan => {
      const known = (values: number[], seenAt: number) => ({
        status: heartbeatOf(
          { workerId: id, host, cpu, waitingFor },
          Object.fromEntries(STAGES.map((stage, i) => [stage, values[i]!])),
        ),
        seenAt,
        lost: false,
      });
      return { before: alone ? null : known(first, from), after: known(second, to) };
    });
  const anyFleet = fc.uniqueArray(anySpan, { maxLength: 6, selector: ({ after }) => after.status.workerId });

  it('is never NaN, and does not depend on the order of the workers', () => {
    fc.assert(
      fc.property(
        anyFleet.chain((spans) =>
          fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length })),
        ),
        fc.nat(3),
        fc.boolean(),
        fc.nat(64),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        ([spans, shuffled], open, paused, cores, idle) => {
          const answer = bottleneck(view(spans, { open, paused, cores, idle }));
          expect(answer.share).toBeGreaterThanOrEqual(0);
          expect(answer.share).toBeLessThanOrEqual(1);
          expect(answer.text).not.toContain('NaN');
          expect(bottleneck(view(shuffled, { open, paused, cores, idle }))).toEqual(answer);
        },
      ),
    );
  });
});
