import { SimpleGrid } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { useApi } from '../../app/context.ts';
import { useNow } from '../../lib/use-now.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { TimeChart } from '../../ui/time-chart.tsx';
import { SPANS, type Range } from './ranges.ts';
import { depthSeries, throughputSeries } from './series.ts';

/** The right edge moves so often, also while nothing happens. */
const EDGE_MS = 5_000;

interface ChartsProps {
  range: Range;
  stats: StatsDocument | undefined;
}

export function Charts({ range, stats }: ChartsProps): ReactNode {
  const api = useApi();
  const now = useNow(EDGE_MS);
  const { spanMs, stepMs } = SPANS[range];
  // Asked for anew with each step that has begun; in between, events say when it has changed.
  const from = Math.floor((now - spanMs) / stepMs) * stepMs;
  const { data, error, refetch } = useQuery(
    api.queue.history.queryOptions({
      input: { from: new Date(from).toISOString(), step_seconds: stepMs / 1_000 },
      placeholderData: keepPreviousData,
    }),
  );
  const points = data?.points;
  const depth = useMemo(() => depthSeries(points ?? [], stepMs, stats, now), [points, stepMs, stats, now]);
  const throughput = useMemo(() => throughputSeries(points ?? [], stepMs, now), [points, stepMs, now]);

  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const edges = { from: now - spanMs, to: now };
  return (
    <SimpleGrid cols={2} spacing="md">
      <Panel title={OVERVIEW.depth.title}>
        <TimeChart label={OVERVIEW.depth.label} {...depth} {...edges} stacked />
      </Panel>
      <Panel title={OVERVIEW.throughput.title}>
        <TimeChart label={OVERVIEW.throughput.label} {...throughput} {...edges} />
      </Panel>
    </SimpleGrid>
  );
}
