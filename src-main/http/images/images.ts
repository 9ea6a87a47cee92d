import { implement } from '@orpc/server';
import { imagesContract } from '../../../src-core/contract/images.ts';
import type { QueueParts } from '../queue/procedures.ts';
import { filterOf } from '../search/filter-of.ts';
import { imageDocument } from './documents.ts';
import type { Caller } from '../caller.ts';
import { severalImagesProcedures } from './several.ts';

export function imageProcedures(parts: Pick<QueueParts, 'console' | 'roots' | 'intake'>) {
  const { console } = parts;
  const api = implement(imagesContract).$context<Caller>();

  return api.router({
    ...severalImagesProcedures(parts),

    list: api.list.handler(async ({ input: { catalog, filter = [], limit, after } }) => {
      const images = await (await console.images()).list(catalog, await filterOf(filter, console), limit, after);
      const last = images.length === limit ? images.at(-1) : undefined;
      return { images: images.map(imageDocument), next: last?.record.imageId ?? null };
    }),

    get: api.get.handler(async ({ input: { image_id, catalog } }) =>
      imageDocument(await (await console.images()).get(image_id, catalog)),
    ),

    delete: api.delete.handler(async ({ input: { image_id, catalog } }) => {
      const { name } = await (await console.images()).remove(image_id, catalog);
      return { deleted: image_id, catalog: name };
    }),
  });
}
