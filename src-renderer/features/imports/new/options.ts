import { DEFAULT_CATALOG } from '../../../../src-core/domain/catalog.ts';
import type { TaskPriority } from '../../../../src-core/domain/task.ts';

/** What is said of an import beside its path. */
export interface Options {
  catalog: string;
  include: string[];
  exclude: string[];
  /** Path of a manifest with facts for the files of the folder. */
  manifest: string | null;
  priority: TaskPriority;
}

export const DEFAULT_OPTIONS: Options = {
  catalog: DEFAULT_CATALOG,
  include: [],
  exclude: [],
  manifest: null,
  priority: 'normal',
};
