import type { z } from 'zod';
import { contract } from '../../src-core/contract/contract.ts';
import type { catalogDocument } from '../../src-core/contract/catalogs.ts';
import { OPEN_STATES } from '../../src-core/domain/task.ts';
import type { CatalogDesk, ListedCatalog } from './operator.ts';
import type { ServerClient } from './server-client.ts';

const { catalogs, queue } = contract;

export function createRemoteCatalogs(client: ServerClient): CatalogDesk {
  return {
    list: async () => (await client.call(catalogs.list)).catalogs.map(catalogOf),
    get: async (catalog) => catalogOf(await client.call(catalogs.get, { catalog })),
    rename: async (catalog, name) => void (await client.call(catalogs.rename, { catalog, name })),
    openTasks: async (catalog) => (await client.call(queue.count, { catalog, state: [...OPEN_STATES] })).count,
    drop: async (catalog, confirm) => (await client.call(catalogs.delete, { catalog, confirm })).cancelled_tasks,
  };
}

function catalogOf({ created_at, ...catalog }: z.output<typeof catalogDocument>): ListedCatalog {
  return { ...catalog, createdAt: Date.parse(created_at) };
}
