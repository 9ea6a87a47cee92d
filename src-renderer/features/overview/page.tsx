import { SegmentedControl, SimpleGrid } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { Charts } from './charts.tsx';
import { FrequentErrors } from './frequent-errors.tsx';
import { RANGES, type Range } from './ranges.ts';
import { RunningImports } from './running-imports.tsx';
import { Tiles } from './tiles.tsx';

const route = getRouteApi('/overview');

export function OverviewPage(): ReactNode {
  const { range = '1h' } = route.useSearch();
  const navigate = route.useNavigate();
  const api = useApi();
  const { data: stats, error, refetch } = useQuery(api.queue.stats.queryOptions());
  const { data: known } = useQuery(api.catalogs.list.queryOptions());

  if (error && !stats) return <ErrorState error={error} onRetry={() => void refetch()} />;
  // Pictures may have come in without this queue: a copied store, or a Qdrant that others feed.
  const hasPictures = known?.catalogs.some(({ images }) => images > 0) ?? false;
  if (stats?.totals.enqueued === 0 && !hasPictures) return <NothingYet />;
  return (
    <>
      <PageHeader
        title={OVERVIEW.title}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={OVERVIEW.range}
            data={RANGES.map((value) => ({ value, label: OVERVIEW.ranges[value] }))}
            value={range}
            onChange={(value) => void navigate({ search: { range: value as Range }, replace: true })}
          />
        }
      />
      <Tiles stats={stats} />
      <Charts range={range} stats={stats} />
      <SimpleGrid cols={2} spacing="md" mt="md">
        <RunningImports />
        <FrequentErrors failures={stats?.failures_by_code} />
      </SimpleGrid>
    </>
  );
}

function NothingYet(): ReactNode {
  const { title, text, action } = OVERVIEW.empty;
  return (
    <>
      <PageHeader title={OVERVIEW.title} />
      <EmptyState title={title} text={text} action={<PageButton to="/imports">{action}</PageButton>} />
    </>
  );
}
