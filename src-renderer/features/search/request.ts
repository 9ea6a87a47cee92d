import { filterTextsOf, pictureFilterOf } from '../../lib/picture-filter.ts';
import { DEFAULT_LIMIT, type SearchQuery } from './search.ts';

/** What the address and a picture of this browser ask for, in the words of the API; null: nothing yet. */
export function requestOf(query: SearchQuery, catalog: string, hasUpload: boolean) {
  const { text, image, region, like = [], unlike = [], min_score, limit = DEFAULT_LIMIT } = query;
  const hasPicture = hasUpload || image !== undefined || like.length > 0;
  if (!hasPicture && text === undefined) return null;
  const filter = filterTextsOf(pictureFilterOf(query));
  return {
    catalog,
    limit,
    filter,
    ...(text !== undefined && { text }),
    ...(image !== undefined && !hasUpload && { image_id: image }),
    // Of one that lies in the address still, and nothing to be cut out of: left out.
    ...(region !== undefined && (hasUpload || image !== undefined) && { region }),
    like,
    // Both are about likeness: without a picture there is none.
    unlike: hasPicture ? unlike : [],
    ...(min_score !== undefined && hasPicture && { min_score }),
  };
}
export type PageRequest = NonNullable<ReturnType<typeof requestOf>>;

/** As a form beside the picture. */
export function formOf(request: PageRequest, picture: File): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(request)) {
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, String(one));
  }
  form.append('picture', picture);
  return form;
}
