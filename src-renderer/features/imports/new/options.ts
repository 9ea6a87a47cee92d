import { DEFAULT_CATALOG } from '../../../../src-core/domain/catalog.ts';
import type { ManifestColumns } from '../../../../src-core/domain/manifest-columns.ts';
import type { TaskPriority } from '../../../../src-core/domain/task.ts';

/** What is said of an import beside its path. */
export interface Options {
  catalog: string;
  include: string[];
  exclude: string[];
  /** Path of a manifest with facts for the files of the folder. */
  manifest: string | null;
  /** Which of its columns holds what; null: as before, or by their names. */
  columns: ManifestColumns | null;
  priority: TaskPriority;
}

export const DEFAULT_OPTIONS: Options = {
  catalog: DEFAULT_CATALOG,
  include: [],
  exclude: [],
  manifest: null,
  columns: null,
  priority: 'normal',
};

/** What the server is asked about: for an import, its priority comes with it. */
export function requestOf(path: string, { catalog, include, exclude, manifest, columns }: Options) {
  return {
    path,
    catalog: catalog.trim(),
    include,
    exclude,
    ...(manifest !== null && { manifest }),
    ...(columns !== null && { columns }),
  };
}
