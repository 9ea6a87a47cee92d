import { implement } from '@orpc/server';
import { catalogsContract } from '../../../src-core/contract/catalogs.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { parseField } from '../../../src-core/domain/parse-filter.ts';
import { catalogDocument } from '../../documents.ts';
import { mustConfirm } from '../confirm.ts';
import type { ApiParts } from '../procedures.ts';
import { filterOf } from '../search/filter-of.ts';

export function catalogProcedures({ console }: Pick<ApiParts, 'console'>) {
  const api = implement(catalogsContract);
  const get = async (nameOrId: string) => (await console.catalogs()).get(nameOrId);

  return api.router({
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
      mustConfirm(`deleting “${name}”`, images, confirm);
      await (await console.catalogs()).drop(id);
      return { deleted: name, images };
    }),

    facets: api.facets.handler(async ({ input: { catalog, field, limit, filter = [] } }) => {
      const { id } = await get(catalog);
      const store = await console.store();
      const facets = await store.facets(id, parseField(field), limit, await filterOf(filter, console));
      return { facets };
    }),
  });
}
