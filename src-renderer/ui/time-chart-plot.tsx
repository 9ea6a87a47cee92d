import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatCount, formatShort } from '../lib/format.ts';
import { LOCALE } from '../texts/locale.ts';
import { stackLines } from './stack-lines.ts';
import type { ChartLine, TimeChartProps } from './time-chart.tsx';
import classes from './time-chart.module.css';

const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(LOCALE, { month: 'short', day: 'numeric' });
const DAY_S = 86_400;

/** The plot is made once for its lines and theme (its key); data and size only redraw it. */
export function TimeChartPlot(props: TimeChartProps & { height: number }): ReactNode {
  const { times, lines, from, to, stacked = false, height } = props;
  const { ref: measure, width } = useElementSize<HTMLDivElement>();
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const ref = useMergedRef(measure, setElement);
  const plot = useRef<uPlot | null>(null);
  const edges = useRef<[number, number]>([from / 1_000, to / 1_000]);
  const [at, setAt] = useState<{ index: number; left: number } | null>(null);
  const isReady = width > 0;

  const create = useEffectEvent((place: HTMLElement) => {
    const options = optionsOf({ ...props, width, stacked }, () => edges.current, setAt);
    return new uPlot(options, dataOf(times, lines, stacked), place);
  });
  useEffect(() => {
    if (!isReady || !element) return;
    plot.current = create(element);
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [isReady, element]);

  useEffect(() => {
    edges.current = [from / 1_000, to / 1_000];
    plot.current?.setData(dataOf(times, lines, stacked));
  }, [times, lines, stacked, from, to]);
  useEffect(() => plot.current?.setSize({ width, height }), [width, height]);

  return (
    <div className={classes.plot} style={{ height }}>
      <div ref={ref} style={{ height }} aria-hidden />
      {at !== null && times[at.index] !== undefined && (
        <div className={classes.tip} style={at.left > width / 2 ? { left: 56 } : { right: 8 }} aria-hidden>
          {[
            `${day.format(times[at.index])} ${clock.format(times[at.index])}`,
            ...lines.map(({ label, values }) => `${label}  ${formatCount(Math.round(values[at.index] ?? 0))}`),
          ].join('\n')}
        </div>
      )}
    </div>
  );
}

function dataOf(times: readonly number[], lines: readonly ChartLine[], stacked: boolean): uPlot.AlignedData {
  const values = lines.map((line) => line.values);
  const drawn = stacked ? stackLines(values).toReversed() : values;
  return [times.map((time) => time / 1_000), ...drawn] as uPlot.AlignedData;
}

function color(element: HTMLElement, variable: string, alpha = ''): string {
  return getComputedStyle(element).getPropertyValue(variable).trim() + alpha;
}

function optionsOf(
  { lines, width, height = 200, stacked = false }: TimeChartProps & { width: number },
  range: () => [number, number],
  onCursor: (at: { index: number; left: number } | null) => void,
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: (plot) => color(plot.root, '--mantine-color-dimmed'),
    grid: { stroke: (plot) => color(plot.root, '--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  // The lowest last: where one adds nothing to it, its own colour is seen.
  const drawn = stacked ? lines.toReversed() : lines;
  return {
    width,
    height,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: !stacked } },
    scales: { x: { range }, y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 4)] } },
    axes: [
      { ...axis, size: 28, values: (_plot, splits) => splits.map((at) => timeText(at, range())) },
      {
        ...axis,
        size: 48,
        values: (_plot, splits) => splits.map((value) => (Number.isInteger(value) ? formatShort(value) : '')),
      },
    ],
    series: [
      {},
      ...drawn.map(({ label, tone }): uPlot.Series => ({
        label,
        stroke: (plot) => color(plot.root, `--tone-${tone}`),
        ...(stacked && { fill: (plot: uPlot) => color(plot.root, `--tone-${tone}`, '40') }),
        width: 1.5,
        points: { show: false },
      })),
    ],
    // Between two neighbours only, so that each line's colour fills its own part.
    bands: stacked ? lines.slice(1).map((_line, n) => ({ series: [n + 1, n + 2] as [number, number] })) : [],
    hooks: {
      setCursor: [
        ({ cursor: { idx, left } }) =>
          onCursor(idx === null || idx === undefined ? null : { index: idx, left: left ?? 0 }),
      ],
    },
  };
}

function timeText(at: number, [from, to]: [number, number]): string {
  return to - from > DAY_S * 2 ? day.format(at * 1_000) : clock.format(at * 1_000);
}
