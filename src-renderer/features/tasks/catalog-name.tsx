import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../app/context.ts';

/** Of the catalog with this id; the id where there is none any more. */
export function CatalogName({ id }: { id: string }): ReactNode {
  const { data } = useQuery(useApi().catalogs.list.queryOptions());
  return data?.catalogs.find((catalog) => catalog.id === id)?.name ?? id;
}
