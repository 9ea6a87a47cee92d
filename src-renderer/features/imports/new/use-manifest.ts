import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { isManifestName } from '../../../../src-core/domain/manifest-columns.ts';
import type { Answers } from '../../../app/client.ts';
import { useApi } from '../../../app/context.ts';
import type { Options } from './options.ts';

export type Manifest = Answers['imports']['manifest'];

/** The manifest that an import of `path` would read; null where it reads none. */
export function useManifest(path: string | null, { manifest, columns, catalog }: Options) {
  const api = useApi();
  const read = manifest ?? (path !== null && isManifestName(path) ? path : null);
  const { data: sources } = useQuery(api.sources.list.queryOptions({ input: {} }));
  const known = sources?.sources.find((source) => source.path === path && source.catalog === catalog);
  const { data, error, isPlaceholderData } = useQuery({
    ...api.imports.manifest.queryOptions({ input: { path: read ?? '', columns: columns ?? known?.columns ?? {} } }),
    enabled: read !== null && sources !== undefined,
    placeholderData: keepPreviousData,
    // It may have been changed since.
    gcTime: 0,
  });
  return { path: read, data: read === null ? undefined : data, error: read === null ? null : error, isPlaceholderData };
}
