import { Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { CATALOG } from '../../texts/catalog.ts';
import { SHELL } from '../../texts/shell.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { useCatalog } from '../../ui/use-catalog.ts';
import { CatalogMenu } from './catalog-menu.tsx';
import { OneCatalog } from './one-catalog.tsx';

const route = getRouteApi('/catalog');

export function CatalogPage(): ReactNode {
  const { catalog: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const { catalogs, catalog, error, refetch } = useCatalog(wanted);
  if (catalogs && catalog) return <OneCatalog key={catalog.id} catalog={catalog} catalogs={catalogs} />;
  return (
    <>
      <PageHeader title={SHELL.pages.catalog} actions={catalogs && <CatalogMenu catalog={null} />} />
      {error && !catalogs && <ErrorState error={error} onRetry={() => void refetch()} />}
      {catalogs?.length === 0 && (
        <EmptyState
          title={CATALOG.none.title}
          text={CATALOG.none.text}
          action={<PageButton to="/imports">{CATALOG.empty.action}</PageButton>}
        />
      )}
      {catalogs && catalogs.length > 0 && (
        <EmptyState
          title={CATALOG.unknown.title(wanted ?? '')}
          text={CATALOG.unknown.text}
          action={<Button onClick={() => void navigate({ search: {} })}>{CATALOG.unknown.action}</Button>}
        />
      )}
    </>
  );
}
