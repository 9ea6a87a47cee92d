import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useApi } from '../../../app/context.ts';
import { setDropped } from '../../../app/drop/dropped.ts';
import { formatCount } from '../../../lib/format.ts';
import { NEW_IMPORT } from '../../../texts/imports.ts';
import { notifyDone } from '../../../ui/notify.ts';
import type { Run } from '../run.ts';
import { requestOf, type Options } from './options.ts';

/** Starts an import of each path, and shows it: the one, or all. */
export function useStart() {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    async mutationFn({ paths, options }: { paths: readonly string[]; options: Options }) {
      const runs: Run[] = [];
      const { priority } = options;
      for (const path of paths) runs.push(await api.imports.start.call({ ...requestOf(path, options), priority }));
      return runs;
    },
    async onSuccess(runs) {
      setDropped([]);
      const [run] = runs;
      if (runs.length > 1) notifyDone(NEW_IMPORT.started(formatCount(runs.length)));
      await navigate({ to: '/imports', search: runs.length === 1 && run ? { import: run.import_id } : {} });
    },
    // Some may have been started before one was refused.
    async onSettled() {
      const keys = [api.imports.key(), api.sources.key(), api.catalogs.key()];
      await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
}
