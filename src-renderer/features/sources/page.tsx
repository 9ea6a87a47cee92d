import { Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { SOURCES } from '../../texts/sources.ts';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { DetailDrawer } from '../../ui/detail-drawer.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { COLUMNS } from './columns.tsx';
import { SourceDetail } from './source-detail.tsx';
import { useSources, type SourceRow } from './use-sources.ts';

const route = getRouteApi('/sources');
const rowId = ({ source }: SourceRow): string => source.id;

/** Where catalogs come from, and what can be done with each. */
export function SourcesPage(): ReactNode {
  const { source: openId = null } = route.useSearch();
  const navigate = route.useNavigate();
  const { rows, error, isPending, refetch } = useSources();
  const open = rows.find(({ source }) => source.id === openId);

  if (error && rows.length === 0) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader title={SOURCES.title} />
      {rows.length === 0 && !isPending ? (
        <EmptyState
          title={SOURCES.empty.title}
          text={SOURCES.empty.text}
          action={<PageButton to="/imports">{SOURCES.empty.action}</PageButton>}
        />
      ) : (
        <DataTable
          name="sources"
          label={SOURCES.table}
          columns={COLUMNS}
          rows={rows}
          rowId={rowId}
          total={rows.length}
          more={{ hasMore: false, isLoading: isPending, load: () => {} }}
          openId={openId}
          onOpen={({ source }) => void navigate({ search: { source: source.id } })}
        >
          <Text size="sm" c="dimmed">
            {!isPending && SOURCES.count(formatCount(rows.length))}
          </Text>
        </DataTable>
      )}
      <DetailDrawer
        title={open ? nameOfPath(open.source.path) : null}
        onClose={() => void navigate({ search: {}, replace: true })}
      >
        {open && (
          <SourceDetail key={open.source.id} row={open} onGone={() => void navigate({ search: {}, replace: true })} />
        )}
      </DetailDrawer>
    </>
  );
}
