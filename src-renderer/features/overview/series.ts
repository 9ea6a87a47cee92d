import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import type { Answers } from '../../app/client.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { TASK_STATE_TEXTS } from '../../texts/states.ts';
import type { ChartLine } from '../../ui/time-chart.tsx';

type Point = Answers['queue']['history']['points'][number];

export interface Series {
  times: number[];
  lines: ChartLine[];
}

const DEPTHS = ['active', 'waiting', 'delayed'] as const;

/** Tasks in the queue at the end of each step, and now. */
export function depthSeries(
  points: readonly Point[],
  stepMs: number,
  stats: StatsDocument | undefined,
  now: number,
): Series {
  const past = points.map((point) => ({ ...point, end: Date.parse(point.at) + stepMs })).filter(({ end }) => end < now);
  return {
    times: [...past.map(({ end }) => end), ...(stats ? [now] : [])],
    lines: DEPTHS.map((state) => ({
      label: TASK_STATE_TEXTS[state],
      tone: state,
      values: [...past.map((point) => point[state]), ...(stats ? [stats.counts[state]] : [])],
    })),
  };
}

/** Finished tasks a minute; the step that is not over yet is measured by the time that it has lasted. */
export function throughputSeries(points: readonly Point[], stepMs: number, now: number): Series {
  // In its first seconds a step says little.
  const told = points.filter(({ at }) => now - Date.parse(at) > stepMs / 4);
  const perMinute = (sum: number, at: string): number => (sum / Math.min(stepMs, now - Date.parse(at))) * 60_000;
  const line = (state: 'completed' | 'failed'): ChartLine => ({
    label: OVERVIEW.throughput[state],
    tone: state,
    values: told.map((point) => perMinute(point[state], point.at)),
  });
  return {
    times: told.map(({ at }) => Math.min(Date.parse(at) + stepMs, now)),
    lines: [line('completed'), line('failed')],
  };
}
