import type { ReactNode } from 'react';
import { toneColor, type Tone } from '../app/theme.ts';

interface SparklineProps {
  /** Oldest first; drawn from 0 to their greatest. */
  values: readonly number[];
  label: string;
  tone?: Tone;
  width?: number;
  height?: number;
}

/** A line without axes, to stand in a row of a table. */
export function Sparkline({ values, label, tone = 'active', width = 96, height = 20 }: SparklineProps): ReactNode {
  const top = Math.max(...values, Number.MIN_VALUE);
  const step = width / Math.max(values.length - 1, 1);
  const points = values.map(
    (value, n) => `${(n * step).toFixed(1)},${(height - 1 - (value / top) * (height - 2)).toFixed(1)}`,
  );
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <polyline points={points.join(' ')} fill="none" stroke={toneColor(tone)} strokeWidth="1.5" />
    </svg>
  );
}
