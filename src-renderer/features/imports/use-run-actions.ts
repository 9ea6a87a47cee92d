import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { IMPORTS } from '../../texts/imports.ts';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';
import type { Run } from './run.ts';

const texts = IMPORTS.actions;
const onError = (error: unknown): void => notifyProblem(error);

/** What can be done with an import as a whole. */
export function useRunActions({ import_id, root, catalog, priority }: Run) {
  const api = useApi();
  const queries = useQueryClient();
  const which = { import_id };
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: api.imports.key() });

  const pause = useMutation({ mutationFn: () => api.imports.pause.call(which), onSuccess: refresh, onError });
  const resume = useMutation({ mutationFn: () => api.imports.resume.call(which), onSuccess: refresh, onError });
  const again = useMutation({
    mutationFn: () => api.imports.start.call({ path: root, catalog, priority }),
    onSuccess: () => {
      notifyDone(texts.started(nameOfPath(root)));
      return refresh();
    },
    onError,
  });

  /** Throws what was wrong: it is shown where it was asked. */
  async function cancel(): Promise<void> {
    const { cancelled_tasks: count } = await api.imports.cancel.call(which);
    notifyDone(texts.cancelled(count, formatCount(count)));
    await refresh();
  }

  return { pause, resume, again, cancel };
}
