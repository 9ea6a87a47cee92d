import { SegmentedControl, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, type ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { filterTextsOf, NO_FILTER, pictureFilterOf } from '../../lib/picture-filter.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { SHELL } from '../../texts/shell.ts';
import { CatalogSelect } from '../../ui/catalog-select.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageButton, PageLink } from '../../ui/page-link.tsx';
import { FilterPanel } from '../../ui/picture-filter/picture-filter.tsx';
import layout from '../../ui/picture-page.module.css';
import { CatalogMenu } from './catalog-menu.tsx';
import { Pictures } from './pictures.tsx';
import { ReEmbedStatus } from './re-embed-status.tsx';
import type { CatalogQuery } from './search.ts';
import type { Catalog } from './use-change-catalogs.ts';

const route = getRouteApi('/catalog');
const VIEWS = ['grid', 'list'] as const;

interface OneCatalogProps {
  catalog: Catalog;
  catalogs: Catalog[];
}

export function OneCatalog({ catalog, catalogs }: OneCatalogProps): ReactNode {
  const query = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: Partial<CatalogQuery>): void => void navigate({ search: (old) => ({ ...old, ...part }) }),
    [navigate],
  );
  const filter = pictureFilterOf(query);
  const { name, model, dimension, images, missing } = catalog;
  return (
    <div className={layout.page}>
      <PageHeader
        title={SHELL.pages.catalog}
        actions={
          <>
            <SegmentedControl
              size="xs"
              aria-label={CATALOG.view}
              data={VIEWS.map((value) => ({ value, label: CATALOG.views[value] }))}
              value={query.view ?? 'grid'}
              onChange={(view) => change({ view: view === 'list' ? 'list' : undefined })}
            />
            <CatalogSelect
              catalogs={catalogs}
              value={name}
              onChange={(other) => change({ ...NO_FILTER, catalog: other, open: undefined, compare: undefined })}
            />
            <CatalogMenu catalog={catalog} />
          </>
        }
      >
        <Text size="sm" c="dimmed" title={CATALOG.modelText}>
          {CATALOG.model(model, formatCount(dimension))}
        </Text>
        {missing > 0 && (
          <PageLink
            to="/catalog"
            search={{ catalog: name, file: 'missing' }}
            size="sm"
            c="var(--tone-warning)"
            title={CATALOG.missingText}
          >
            {CATALOG.missing(formatCount(missing))}
          </PageLink>
        )}
      </PageHeader>
      <ReEmbedStatus catalog={name} />
      {images === 0 ? (
        <EmptyState
          title={CATALOG.empty.title}
          text={CATALOG.empty.text}
          action={<PageButton to="/imports">{CATALOG.empty.action}</PageButton>}
        />
      ) : (
        <div className={layout.body}>
          <FilterPanel catalog={name} filter={filter} onChange={change} />
          {/* What was selected under another filter is not meant under this one. */}
          <Pictures key={filterTextsOf(filter).join('\n')} catalog={catalog} query={query} change={change} />
        </div>
      )}
    </div>
  );
}
