import type { z } from 'zod';
import type { SearchAnswer, SearchRequest, uploadFields } from '../../../src-core/contract/search.ts';
import type { Condition, FoundHit, Region } from '../../../src-core/domain/search.ts';
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
  const { image_path, image_id, like, unlike, region } = request;
  const part = region && { region };
  if (part && image_id !== undefined) return partOfStored(request, image_id, part, console, roots);
  const picture = async (one: { image_path?: string | undefined; image_id?: string | undefined }) => {
    if (one.image_path === undefined) return { imageId: one.image_id! };
    const { path } = await roots.check(one.image_path);
    return { path };
  };
  const first = [...(image_path ? [{ image_path }] : []), ...(image_id ? [{ image_id }] : [])];
  const asked = await Promise.all(first.map(picture));
  const own = [...(fetched === null ? [] : [{ path: fetched }]), ...asked].map((one) => ({ ...one, ...part }));
  return {
    ...(await optionsOf(request, console)),
    like: [...own, ...(await Promise.all(like.map(picture)))],
    unlike: await Promise.all(unlike.map(picture)),
  };
}

/** The store has the vector of the whole picture only: its file is read. The picture itself is no hit. */
async function partOfStored(
  { region: _region, image_id: _imageId, ...request }: SearchRequest,
  imageId: string,
  part: { region: Region },
  console: Console,
  roots: Roots,
): Promise<FindRequest> {
  const images = await console.images();
  const { record } = await images.get(imageId, request.catalog);
  const { path } = await roots.check(images.placeOf(record));
  const rest = await findRequestOf(request, console, roots, null);
  const others: Condition = { field: 'imageId', anyOf: [imageId], not: true };
  return { ...rest, like: [{ path, ...part }, ...rest.like], filter: [...(rest.filter ?? []), others] };
}

/** A picture that was uploaded, and what was said beside it. */
export async function uploadRequestOf(
  path: string,
  fields: z.output<typeof uploadFields>,
  console: Console,
): Promise<FindRequest> {
  return {
    ...(await optionsOf(fields, console)),
    like: [{ path, ...(fields.region && { region: fields.region }) }, ...fields.like.map(stored)],
    unlike: fields.unlike.map(stored),
  };
}

function stored(imageId: string): QueryPicture {
  return { imageId };
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
  return { took_ms: Math.round(tookMs), model, catalog: catalog.name, results: hits.map(apiHit) };
}

function apiHit(hit: FoundHit) {
  return { ...hitDocument(hit), thumbhash: hit.record.thumbhash };
}
