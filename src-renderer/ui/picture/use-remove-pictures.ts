import { useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { PICTURE } from '../../texts/picture.ts';
import { notifyDone } from '../notify.ts';

/** Takes pictures out of their catalog, one after the other; rejects at the first that cannot be. Lists follow. */
export function useRemovePictures() {
  const api = useApi();
  const queries = useQueryClient();
  return async (imageIds: readonly string[], catalog: string): Promise<void> => {
    let removed = 0;
    try {
      for (const image_id of imageIds) {
        await api.images.delete.call({ image_id, catalog });
        // Not asked for again while it is shown still: the answer would be that it is gone.
        void queries.invalidateQueries({ queryKey: api.images.get.key({ input: { image_id } }), refetchType: 'none' });
        removed++;
      }
    } finally {
      if (removed > 0) notifyDone(PICTURE.remove.done(removed, formatCount(removed)));
      const changed = [api.images.list, api.search, api.catalogs, api.sources];
      await Promise.all(changed.map((one) => queries.invalidateQueries({ queryKey: one.key() })));
    }
  };
}
