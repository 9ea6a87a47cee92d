import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { contract } from '../../src-core/contract/contract.ts';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { QueryPicture } from '../../src-core/ports/finder.ts';
import type { ServerClient } from './server-client.ts';

/** What is looked for, as the command line has it. Paths are of this machine. */
export interface Query {
  catalog: string;
  like: QueryPicture[];
  unlike: QueryPicture[];
  text: string | undefined;
  filter: string[];
  limit: number;
  minScore: number | undefined;
}

/**
 * Asks a server. A file of this machine is sent to it, which goes with one only: INVALID_INPUT where there are more pictures
 * than that one, and one of them is a file.
 */
export async function searchRemotely(client: ServerClient, query: Query) {
  const { find } = contract.search;
  const { like, unlike, catalog, text, filter, limit, minScore } = query;
  const pictures = [...like, ...unlike];
  const file = pictures.find((picture) => 'path' in picture);
  if (file === undefined) {
    return client.call(find, {
      like: idsOf(like),
      unlike: idsOf(unlike),
      catalog,
      limit,
      ...(filter.length > 0 && { filter }),
      ...(text !== undefined && { text }),
      ...(minScore !== undefined && { min_score: minScore }),
    });
  }
  if (pictures.length > 1 || unlike.length > 0) {
    throw new AppError(
      'INVALID_INPUT',
      `a server takes one file: ${file.path} goes with no other picture; image ids do`,
    );
  }
  const form = new FormData();
  form.append('catalog', catalog);
  form.append('limit', String(limit));
  if (text !== undefined) form.append('text', text);
  if (minScore !== undefined) form.append('min_score', String(minScore));
  for (const condition of filter) form.append('filter', condition);
  form.append('picture', await openAsBlob(file.path), basename(file.path));
  return client.callWithForm(find, form);
}

function idsOf(pictures: readonly QueryPicture[]) {
  return pictures.flatMap((picture) => ('imageId' in picture ? [{ image_id: picture.imageId }] : []));
}
