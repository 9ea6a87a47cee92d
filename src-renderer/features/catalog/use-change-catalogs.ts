import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { notifyDone } from '../../ui/notify.ts';

export type Catalog = Answers['catalogs']['list']['catalogs'][number];

const route = getRouteApi('/catalog');

/** Each shows afterwards what has become of it. */
export function useChangeCatalogs() {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = route.useNavigate();

  async function show(catalog: string | undefined): Promise<void> {
    await queries.invalidateQueries({ queryKey: api.catalogs.list.key() });
    await navigate({ search: (old) => (catalog === undefined ? {} : { ...old, catalog, open: undefined }) });
  }

  return {
    create: useMutation({
      async mutationFn(name: string) {
        const created = await api.catalogs.create.call({ name });
        await show(created.name);
        notifyDone(CATALOG.create.done(created.name));
      },
    }),
    rename: useMutation({
      async mutationFn({ id, name }: { id: string; name: string }) {
        const renamed = await api.catalogs.rename.call({ catalog: id, name });
        await show(renamed.name);
        notifyDone(CATALOG.rename.done(renamed.name));
      },
    }),
    remove: useMutation({
      async mutationFn({ catalog, tasks }: { catalog: Catalog; tasks: number }) {
        const { deleted } = await api.catalogs.delete.call({ catalog: catalog.id, confirm: catalog.images + tasks });
        await show(undefined);
        notifyDone(CATALOG.remove.done(deleted));
      },
    }),
  };
}
