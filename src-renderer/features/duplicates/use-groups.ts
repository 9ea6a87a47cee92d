import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useApi } from '../../app/context.ts';
import { usePages } from '../../app/use-pages.ts';
import type { Rule } from './rules.ts';
import type { Group, Which } from './which.ts';

const PAGE = 50;
const groupsOf = ({ groups }: { groups: readonly Group[] }): readonly Group[] => groups.map(keptFirst);

/** Of a large group only the first are shown: what is kept must be among them. */
function keptFirst(group: Group): Group {
  const marked = new Set(group.mark.map(({ image_id }) => image_id));
  if (marked.size === 0) return group;
  return { ...group, pictures: group.pictures.toSorted((a, b) => +marked.has(a.image_id) - +marked.has(b.image_id)) };
}

const NEXT = {
  initialPageParam: undefined as number | undefined,
  getNextPageParam: ({ next }: { next: number | null }) => next,
  placeholderData: keepPreviousData,
};

/** Groups page by page, with what the rules keep and mark. The last answer stays until the next is there. */
export function useGroups(which: Which, rules: readonly Rule[]) {
  const { duplicates } = useApi();
  const page = (cursor: number | undefined) => ({ ...which, limit: PAGE, ...(cursor !== undefined && { cursor }) });
  const plain = usePages(
    { ...duplicates.groups.infiniteOptions({ input: page, ...NEXT }), enabled: rules.length === 0 },
    groupsOf,
  );
  const ruled = usePages(
    {
      ...duplicates.choose.infiniteOptions({
        input: (cursor: number | undefined) => ({ ...page(cursor), keep: [...rules] }),
        ...NEXT,
      }),
      enabled: rules.length > 0,
    },
    groupsOf,
  );
  return rules.length > 0 ? ruled : plain;
}

/** How many groups there are, and what has changed since the scan. `images`: of the catalog now, which changes it. */
export function useSummary(which: Which, images: number) {
  const api = useApi();
  const queries = useQueryClient();
  const before = useRef(images);
  useEffect(() => {
    if (before.current === images) return;
    const hasLost = images < before.current;
    before.current = images;
    const changed = hasLost ? api.duplicates.key() : api.duplicates.groups.key({ type: 'query' });
    void queries.invalidateQueries({ queryKey: changed });
  }, [images, api, queries]);
  return useQuery(
    api.duplicates.groups.queryOptions({ input: { ...which, limit: 1 }, placeholderData: keepPreviousData }),
  );
}
