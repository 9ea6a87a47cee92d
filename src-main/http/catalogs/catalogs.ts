import { implement } from '@orpc/server';
import { catalogsContract } from '../../../src-core/contract/catalogs.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { catalogDocument } from '../../documents.ts';
import { mustConfirmBoth } from '../confirm.ts';
import type { ApiParts } from '../procedures.ts';
import { reEmbeddingProcedures } from './re-embedding.ts';
import { filterOf } from '../search/filter-of.ts';

export function catalogProcedures(parts: Pick<ApiParts, 'console' | 'finder'>) {
  const { console } = parts;
  const api = implement(catalogsContract);
  const get = async (nameOrId: string) => (await console.catalogs()).get(nameOrId);

  return api.router({
    ...reEmbeddingProcedures(parts),
    list: api.list.handler(async () => {
      const catalogs = await (await console.catalogs()).list();
      return { catalogs: catalogs.map(catalogDocument) };
    }),

    create: api.create.handler(async ({ input: { name } }) => {
      const known = await (await console.catalogs()).list();
      if (known.some((catalog) => catalog.name === name)) {
        throw new AppError('CONFLICT', `there is a catalog “${name}” already`);
      }
      const { id } = await console.ensureCatalog(name);
      return catalogDocument(await get(id));
    }),

    get: api.get.handler(async ({ input }) => catalogDocument(await get(input.catalog))),

    rename: api.rename.handler(async ({ input: { catalog, name } }) => {
      const { id } = await get(catalog);
      await (await console.catalogs()).rename(id, name);
      return catalogDocument(await get(id));
    }),

    delete: api.delete.handler(async ({ input: { catalog, confirm } }) => {
      const { id, name, images } = await get(catalog);
      const catalogs = await console.catalogs();
      mustConfirmBoth(`deleting “${name}”`, images, await catalogs.openTasks(id), confirm);
      const cancelled = await catalogs.drop(id);
      return { deleted: name, images, cancelled_tasks: cancelled };
    }),

    facets: api.facets.handler(async ({ input: { catalog, field, limit, filter = [] } }) => {
      const facets = await (
        await console.facets()
      ).of(await get(catalog), field, limit, await filterOf(filter, console));
      return { facets };
    }),
  });
}
