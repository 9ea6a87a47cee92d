import { Skeleton, useComputedColorScheme } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import { formatShort } from '../lib/format.ts';
import type { Tone } from '../app/theme.ts';
import classes from './time-chart.module.css';

export interface ChartLine {
  label: string;
  tone: Tone;
  /** One for each time; null: a gap. */
  values: readonly (number | null)[];
}

export interface TimeChartProps {
  /** What is drawn, for those who do not see it. */
  label: string;
  /** ms since the epoch, rising. */
  times: readonly number[];
  lines: readonly ChartLine[];
  /** The first and the last moment of the axis, in ms since the epoch. */
  from: number;
  to: number;
  /** Lines are added to each other, the first at the bottom. */
  stacked?: boolean;
  height?: number;
}

const Plot = lazy(async () => ({ default: (await import('./time-chart-plot.tsx')).TimeChartPlot }));

/** Lines over time with a legend of their newest values. The library is loaded when the first chart is shown. */
export function TimeChart(props: TimeChartProps): ReactNode {
  const { label, lines, stacked = false, height = 200 } = props;
  const scheme = useComputedColorScheme('light');
  const key = [scheme, stacked, ...lines.map(({ label, tone }) => `${label}/${tone}`)].join();
  return (
    <figure className={classes.chart} aria-label={label}>
      <figcaption className={classes.legend}>
        {lines.map(({ label, tone, values }) => (
          <span key={label} className={classes.item}>
            <span className={classes.swatch} style={{ background: `var(--tone-${tone})` }} aria-hidden />
            {label}
            <b>{formatShort(values.findLast((value) => value !== null) ?? 0)}</b>
          </span>
        ))}
      </figcaption>
      <Suspense fallback={<Skeleton height={height} />}>
        <Plot key={key} {...props} height={height} />
      </Suspense>
    </figure>
  );
}
