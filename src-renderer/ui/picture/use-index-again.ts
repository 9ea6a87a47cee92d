import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ImageDocument } from '../../../src-core/contract/images.ts';
import { useApi } from '../../app/context.ts';
import { PICTURE } from '../../texts/picture.ts';
import { notifyDone, notifyProblem } from '../notify.ts';

/**
 * Has the file of a picture looked at again. One that came with a folder is imported with that, so that it keeps its
 * source; one that a program sent is queued by itself, with what that program said of it.
 */
export function useIndexAgain() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    async mutationFn({ source_id, path, catalog, product_id, name, description, metadata }: ImageDocument) {
      const { sources } = await api.sources.list.call({ catalog });
      const source = sources.find(({ id }) => id === source_id);
      if (source) {
        await api.imports.start.call({ path: source.path, catalog });
        return PICTURE.again.importStarted(source.path);
      }
      const facts = {
        ...(product_id !== null && { product_id }),
        ...(name !== null && { name }),
        ...(description !== null && { description }),
        metadata,
      };
      await api.queue.enqueue.call({ image_path: path, catalog, priority: 'high', ...facts });
      return PICTURE.again.queued;
    },
    onSuccess: (done) => {
      notifyDone(done);
      void queries.invalidateQueries({ queryKey: api.imports.key() });
    },
    onError: (error) => notifyProblem(error),
  });
}
