import { useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { createRefresher } from '../../app/live/refresher.ts';
import { useLive } from '../../app/live/use-live.ts';
import { usePages } from '../../app/use-pages.ts';
import type { Catalog } from './use-change-catalogs.ts';

type Page = Answers['images']['list'];
export type Picture = Page['images'][number];

const PAGE = 500;
/** How often the list is asked for again at most while pictures come in, and the number of a longer one, in ms. */
const REFRESH_MS = 2_000;
const COUNT_MS = 10_000;
const picturesOf = ({ images }: Page): Picture[] => images;

/**
 * The pictures of a catalog that match, in the order of their ids. While they are one page, that is kept up to date; of
 * more, which would have to be read anew from the beginning, `hasChanged` says so and `restart` does it. `total` is of all
 * that match, loaded or not; undefined until it is known.
 */
export function usePictures({ name: catalog, images }: Catalog, filter: string[]) {
  const api = useApi();
  const queries = useQueryClient();
  const [hasChanged, setChanged] = useState(false);
  const pages = usePages(
    api.images.list.infiniteOptions({
      input: (after: string | undefined) => ({ catalog, filter, limit: PAGE, ...(after && { after }) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next,
    }),
    picturesOf,
  );
  const isNarrow = filter.length > 0;
  const counted = useQuery(api.images.count.queryOptions({ input: { catalog, filter }, enabled: isNarrow }));
  const isLong = pages.rows.length > PAGE;
  const refresher = useMemo(
    () =>
      createRefresher((what) => {
        void queries.invalidateQueries({ queryKey: api.images.count.key() });
        if (what === 'count') return;
        void queries.invalidateQueries({
          queryKey: api.images.list.key(),
          predicate: ({ state }) => ((state.data as InfiniteData<Page> | undefined)?.pages.length ?? 1) <= 1,
        });
      }),
    [api, queries],
  );
  useEffect(() => refresher.stop, [refresher]);
  useLive((batch) => {
    if (!batch.some((event) => event.event === 'task' && event.data.type === 'settled')) return;
    if (isLong) {
      setChanged(true);
      refresher.ask('count', COUNT_MS);
    } else refresher.ask('pictures', REFRESH_MS);
  });
  return {
    ...pages,
    total: isNarrow ? counted.data?.total : images,
    hasChanged: hasChanged && isLong,
    restart(): void {
      setChanged(false);
      void queries.resetQueries({ queryKey: api.images.list.key() });
      void queries.invalidateQueries({ queryKey: api.images.count.key() });
    },
  };
}
