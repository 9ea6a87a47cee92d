import { catalogsContract } from './catalogs.ts';
import { imagesContract } from './images.ts';
import { importsContract } from './imports.ts';
import { queueContract } from './queue.ts';
import { searchContract } from './search.ts';
import { sourcesContract } from './sources.ts';
import { fleetContract, foldersContract, logsContract, modelsContract, settingsContract } from './system.ts';

/** The whole API. Field names are snake_case: they are the same in RPC, in REST and in the documents of the command line. */
export const contract = {
  queue: queueContract,
  search: searchContract,
  images: imagesContract,
  imports: importsContract,
  catalogs: catalogsContract,
  sources: sourcesContract,
  folders: foldersContract,
  models: modelsContract,
  settings: settingsContract,
  fleet: fleetContract,
  logs: logsContract,
};
