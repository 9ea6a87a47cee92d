import { catalogsContract } from './catalogs.ts';
import { duplicatesContract } from './duplicates.ts';
import { imagesContract } from './images.ts';
import { previewContract } from './import-preview.ts';
import { importsContract } from './imports.ts';
import { modelsContract } from './models.ts';
import { queueContract } from './queue.ts';
import { searchContract } from './search.ts';
import { sourcesContract } from './sources.ts';
import { doctorContract, fleetContract, foldersContract, logsContract, settingsContract } from './system.ts';
import { uploadsContract } from './uploads.ts';

/** The whole API. Field names are snake_case: they are the same in RPC, in REST and in the documents of the command line. */
export const contract = {
  queue: queueContract,
  search: searchContract,
  images: imagesContract,
  imports: { ...importsContract, ...previewContract },
  catalogs: catalogsContract,
  duplicates: duplicatesContract,
  uploads: uploadsContract,
  sources: sourcesContract,
  folders: foldersContract,
  models: modelsContract,
  settings: settingsContract,
  fleet: fleetContract,
  logs: logsContract,
  doctor: doctorContract,
};
