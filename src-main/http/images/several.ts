import { implement } from '@orpc/server';
import type { StartImport } from '../../../src-core/contract/imports.ts';
import type { EnqueueRequest } from '../../../src-core/contract/queue.ts';
import { imagesContract } from '../../../src-core/contract/images.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { WhichImages } from '../../services/many-images.ts';
import type { Caller } from '../caller.ts';
import { mustConfirm } from '../confirm.ts';
import { createImportStart } from '../imports/start.ts';
import type { QueueParts } from '../queue/procedures.ts';
import { filterOf } from '../search/filter-of.ts';

/** What is done with several pictures, or with all that match. */
export function severalImagesProcedures({ console, roots, intake }: Pick<QueueParts, 'console' | 'roots' | 'intake'>) {
  const api = implement(imagesContract).$context<Caller>();
  const startImport = createImportStart({ console, roots });

  async function whichOf(input: {
    image_ids?: string[] | undefined;
    filter?: string[] | undefined;
  }): Promise<WhichImages> {
    if (input.image_ids) return { imageIds: input.image_ids };
    return { filter: await filterOf(input.filter ?? [], console) };
  }

  return {
    count: api.count.handler(async ({ input: { catalog, filter = [] } }) => ({
      total: await (await console.images()).count(catalog, await filterOf(filter, console)),
    })),

    remove: api.remove.handler(async ({ input: { catalog, confirm, most = Infinity, ...input } }) => {
      const images = await console.images();
      const which = await whichOf(input);
      const { name } = await (await console.catalogs()).get(catalog);
      const total = 'filter' in which ? await images.count(name, which.filter) : which.imageIds.length;
      // Ids say themselves how many.
      if ('filter' in which) mustConfirm(`removing what matches in “${name}”`, total, confirm);
      const removed = await images.removeAll(name, which, Math.min(total, most));
      return { removed, left: total - removed, catalog: name };
    }),

    again: api.again.handler(async ({ input: { catalog, ...input }, context }) => {
      const { name } = await (await console.catalogs()).get(catalog);
      const images = await console.images();
      let queued = 0;
      const again = await images.callAgain(name, await whichOf(input), async (records) => {
        const tasks = [];
        for (const record of records) tasks.push(await intake.taskOf(requestOf(record, name)));
        await intake.enqueueAll(tasks);
        queued += tasks.length;
      });
      const import_ids: string[] = [];
      for (const { path } of again.sources) {
        const wanted: StartImport = { path, catalog: name, priority: 'normal', include: [], exclude: [] };
        const started = await startImport(wanted, context);
        import_ids.push(started.import_id);
      }
      return { images: again.images, import_ids, queued, missing: again.missing };
    }),
  };
}

/** A picture that a program handed in, with what that said of it; before others, for somebody looks on. */
function requestOf(record: ImageRecord, catalog: string): EnqueueRequest {
  const { path, productId, name, description, metadata } = record;
  return {
    image_path: path,
    catalog,
    priority: 'high',
    product_id: productId ?? undefined,
    name: name ?? undefined,
    description: description ?? undefined,
    metadata,
  };
}
