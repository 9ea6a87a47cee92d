import { keepPreviousData, skipToken, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi, useTransport } from '../../app/context.ts';
import { regionOfText } from './region.ts';
import { formOf, type PageRequest } from './request.ts';
import type { Upload } from './upload.ts';

export type Found = Answers['search']['find'];
export type Hit = Found['results'][number];

/** What the query finds. The last answer stays until the next is there; a question that is overtaken is given up. */
export function useResults(request: PageRequest | null, upload: Upload | null): UseQueryResult<Found> {
  const api = useApi();
  const transport = useTransport();
  const stored = useQuery(
    api.search.find.queryOptions({
      input: request && !upload ? inputOf(request) : skipToken,
      placeholderData: keepPreviousData,
    }),
  );
  const uploaded = useQuery({
    // Below the key of all searches: what makes them old, makes this old.
    queryKey: [...api.search.key(), 'upload', upload?.id, request],
    queryFn:
      request && upload
        ? async ({ signal }) => (await transport.sendForm('search', formOf(request, upload.file), signal)) as Found
        : skipToken,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return upload ? uploaded : stored;
}

function inputOf({ like, unlike, region, ...request }: PageRequest) {
  const part = region === undefined ? {} : { region: regionOfText(region) };
  return { ...request, ...part, like: like.map(example), unlike: unlike.map(example) };
}

function example(image_id: string) {
  return { image_id };
}

/** Hits by id, with their scores as people read them. */
export function useScores(found: Found | undefined, scoreOf: (hit: Hit) => string): ReadonlyMap<string, string> {
  return useMemo(() => new Map(found?.results.map((hit) => [hit.image_id, scoreOf(hit)] as const)), [found, scoreOf]);
}
