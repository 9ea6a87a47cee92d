import { useQuery } from '@tanstack/react-query';
import { DEFAULT_CATALOG } from '../../src-core/domain/catalog.ts';
import { useApi } from '../app/context.ts';

/** All catalogs, and the one that is meant: by name or id, else the default one, else the first. */
export function useCatalog(wanted: string | undefined) {
  const { data, error, refetch } = useQuery(useApi().catalogs.list.queryOptions());
  const catalogs = data?.catalogs;
  const named = (name: string) => catalogs?.find((one) => one.name === name || one.id === name);
  const catalog = wanted === undefined ? (named(DEFAULT_CATALOG) ?? catalogs?.[0]) : named(wanted);
  return { catalogs, catalog, error, refetch };
}
