import type { SearchAnswer, SearchRequest } from '../../../src-core/contract/search.ts';
import type { Finder, FindRequest, QueryPicture } from '../../../src-core/ports/finder.ts';
import { hitDocument } from '../../documents.ts';
import { filterOf } from './filter-of.ts';
import type { Console } from '../../console.ts';
import type { Roots } from '../roots.ts';

/**
 * A search of the API as the finder takes it; `fetched` is the file of its `image_url`. Throws PATH_OUTSIDE_ROOT,
 * INVALID_INPUT.
 */
export async function findRequestOf(
  request: SearchRequest,
  console: Console,
  roots: Roots,
  fetched: string | null,
): Promise<FindRequest> {
  const { image_path, image_id, like, unlike } = request;
  const picture = async (one: { image_path?: string | undefined; image_id?: string | undefined }) => {
    if (one.image_path === undefined) return { imageId: one.image_id! };
    const { path } = await roots.check(one.image_path);
    return { path };
  };
  const first = [...(image_path ? [{ image_path }] : []), ...(image_id ? [{ image_id }] : [])];
  return {
    ...(await optionsOf(request, console)),
    like: [...(fetched === null ? [] : [{ path: fetched }]), ...(await Promise.all([...first, ...like].map(picture)))],
    unlike: await Promise.all(unlike.map(picture)),
  };
}

/** A picture that was uploaded, and what was said beside it. */
export async function uploadRequestOf(path: string, fields: SearchOptions, console: Console): Promise<FindRequest> {
  const picture: QueryPicture = { path };
  return { ...(await optionsOf(fields, console)), like: [picture] };
}

type SearchOptions = Pick<SearchRequest, 'text' | 'filter' | 'limit' | 'min_score' | 'catalog'>;

async function optionsOf({ text, filter = [], limit, min_score, catalog }: SearchOptions, console: Console) {
  return {
    catalog,
    limit,
    filter: await filterOf(filter, console),
    ...(text !== undefined && { text }),
    ...(min_score !== undefined && { minScore: min_score }),
  };
}

export async function find(finder: Finder, request: FindRequest): Promise<SearchAnswer> {
  const { tookMs, model, catalog, hits } = await finder.find(request);
  return { took_ms: Math.round(tookMs), model, catalog: catalog.name, results: hits.map(hitDocument) };
}
