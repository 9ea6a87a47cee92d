import { Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { SHELL } from '../../texts/shell.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { useCatalog } from '../../ui/use-catalog.ts';
import { OneCatalog } from './one-catalog.tsx';

const route = getRouteApi('/duplicates');

export function DuplicatesPage(): ReactNode {
  const { catalog: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const { catalogs, catalog, error, refetch } = useCatalog(wanted);
  if (catalogs && catalog && catalog.images > 0) {
    return <OneCatalog key={catalog.id} catalog={catalog} catalogs={catalogs} />;
  }
  return (
    <>
      <PageHeader title={SHELL.pages.duplicates} />
      {error && !catalogs && <ErrorState error={error} onRetry={() => void refetch()} />}
      {catalogs && (catalog || catalogs.length === 0) && (
        <EmptyState
          title={DUPLICATES.noPictures.title}
          text={DUPLICATES.noPictures.text}
          action={<PageButton to="/imports">{DUPLICATES.noPictures.action}</PageButton>}
        />
      )}
      {catalogs && catalogs.length > 0 && !catalog && (
        <EmptyState
          title={DUPLICATES.unknownCatalog(wanted ?? '')}
          text={DUPLICATES.unknownCatalogText}
          action={<Button onClick={() => void navigate({ search: {} })}>{DUPLICATES.unknownCatalogAction}</Button>}
        />
      )}
    </>
  );
}
