import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../app/context.ts';
import { folderOfPath, nameOfPath } from '../../../lib/path-names.ts';

/** Files of one folder may share their names with as many of others. */
const MOST = 100;

/** What of these files is indexed, of this import or an earlier one: a file that fails now may have been well before. */
export function usePicturesOf(catalog: string, root: string, paths: readonly string[]) {
  const known = new Set(paths);
  // A comma parts values.
  const names = [...new Set(paths.map(nameOfPath))].filter((name) => !/[,*]/.test(name));
  const folder = paths.length === 1 ? folderOfPath(paths[0]!) : paths.includes(root) ? folderOfPath(root) : root;
  const { data } = useQuery({
    ...useApi().images.list.queryOptions({
      input: { catalog, filter: [`folder=${folder}`, `file_name=${names.join(',')}`], limit: MOST },
    }),
    enabled: names.length > 0 && folder !== null,
  });
  return data?.images.filter(({ path }) => known.has(path)) ?? [];
}
