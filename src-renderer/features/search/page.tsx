import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { PageHeader } from '../../ui/page-header.tsx';
import { SHELL } from '../../texts/shell.ts';
import { SEARCH } from '../../texts/search.ts';
import { CatalogSelect } from '../../ui/catalog-select.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { useCatalog } from '../../ui/use-catalog.ts';
import { SearchIn } from './search-in.tsx';
import { useAddress } from './use-address.ts';

export function SearchPage(): ReactNode {
  const { query, change } = useAddress();
  const { catalogs, catalog, error, refetch } = useCatalog(query.catalog);
  if (catalog) {
    return (
      <SearchIn
        key={catalog.id}
        catalog={catalog.name}
        select={
          <CatalogSelect
            catalogs={catalogs ?? []}
            value={catalog.name}
            // Pictures of another catalog are no examples in this one.
            onChange={(name) => change({ catalog: name, image: undefined, like: undefined, unlike: undefined })}
          />
        }
      />
    );
  }
  return (
    <>
      <PageHeader title={SHELL.pages.search} />
      {error && !catalogs && <ErrorState error={error} onRetry={() => void refetch()} />}
      {catalogs?.length === 0 && <NothingYet />}
      {catalogs && catalogs.length > 0 && (
        <EmptyState
          title={SEARCH.unknownCatalog(query.catalog ?? '')}
          text={SEARCH.unknownCatalogText}
          action={<Button onClick={() => change({ catalog: undefined })}>{SEARCH.unknownCatalogAction}</Button>}
        />
      )}
    </>
  );
}

function NothingYet(): ReactNode {
  const { title, text, action } = SEARCH.noCatalog;
  return <EmptyState title={title} text={text} action={<PageButton to="/imports">{action}</PageButton>} />;
}
