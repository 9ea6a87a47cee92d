import { useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { PICTURE } from '../../texts/picture.ts';
import { notifyDone } from '../notify.ts';

/** These, or all that match these conditions, which are so many as people were told. */
export type WhichPictures = { ids: readonly string[] } | { filter: readonly string[]; total: number };

/** By one call, in a second or so. */
const STEP = 1_000;

/**
 * Takes pictures out of their catalog, step by step, until `signal` says stop; rejects where that is refused. Lists follow.
 * `onStep` is told how many are out.
 */
export function useRemovePictures() {
  const api = useApi();
  const queries = useQueryClient();

  async function* steps(which: WhichPictures, catalog: string): AsyncGenerator<number> {
    if ('ids' in which) {
      for (let at = 0; at < which.ids.length; at += STEP) {
        const image_ids = which.ids.slice(at, at + STEP);
        yield (await api.images.remove.call({ image_ids, catalog })).removed;
        // Not asked for again while they are shown still: the answer would be that they are gone.
        for (const image_id of image_ids) {
          void queries.invalidateQueries({
            queryKey: api.images.get.key({ input: { image_id } }),
            refetchType: 'none',
          });
        }
      }
      return;
    }
    for (let confirm = which.total; confirm > 0;) {
      const { removed, left } = await api.images.remove.call({
        filter: [...which.filter],
        catalog,
        confirm,
        most: STEP,
      });
      yield removed;
      confirm = left;
    }
  }

  return async (
    which: WhichPictures,
    catalog: string,
    { signal, onStep }: { signal?: AbortSignal; onStep?(removed: number): void } = {},
  ): Promise<void> => {
    let removed = 0;
    try {
      for await (const count of steps(which, catalog)) {
        removed += count;
        onStep?.(removed);
        if (signal?.aborted) break;
      }
    } finally {
      if (removed > 0) notifyDone(PICTURE.remove.done(removed, formatCount(removed)));
      const changed = [api.images.list, api.images.count, api.search, api.catalogs, api.sources];
      await Promise.all(changed.map((one) => queries.invalidateQueries({ queryKey: one.key() })));
    }
  };
}
