import { catalogsContract } from './catalogs.ts';
import { queueContract } from './queue.ts';
import { searchContract } from './search.ts';

/** The whole API. Field names are snake_case: they are the same in RPC, in REST and in the documents of the command line. */
export const contract = {
  queue: queueContract,
  search: searchContract,
  catalogs: catalogsContract,
};
