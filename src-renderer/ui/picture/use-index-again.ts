import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { PICTURE } from '../../texts/picture.ts';
import { notifyDone } from '../notify.ts';

type Which = { image_ids: string[] } | { filter: string[] };

const texts = PICTURE.again;

/** Has the files of pictures read anew, by imports of their folders or by themselves; its error is the caller's to show. */
export function useIndexAgain() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: Which & { catalog: string }) => api.images.again.call(input),
    onSuccess: ({ images, import_ids, missing }) => {
      const gone = missing > 0 ? `. ${texts.missing(missing, formatCount(missing))}` : '';
      notifyDone(texts.done(images, formatCount(images), import_ids.length) + gone);
      void queries.invalidateQueries({ queryKey: api.imports.key() });
    },
  });
}
