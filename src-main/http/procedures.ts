import { implement } from '@orpc/server';
import { contract } from '../../src-core/contract/contract.ts';
import type { Finder } from '../../src-core/ports/finder.ts';
import type { Console } from '../console.ts';
import type { Caller } from './caller.ts';
import { catalogProcedures } from './catalogs/catalogs.ts';
import { duplicateProcedures } from './duplicates/duplicates.ts';
import { doctorProcedures } from './doctor.ts';
import { fleetProcedures } from './fleet/fleet.ts';
import { imageProcedures } from './images/images.ts';
import { importProcedures } from './imports/imports.ts';
import { logProcedures, type LogParts } from './logs/logs.ts';
import { modelProcedures } from './models/models.ts';
import { queueProcedures, type QueueParts } from './queue/procedures.ts';
import type { Roots } from './roots.ts';
import { withRemotePicture } from './remote-picture.ts';
import { find, findRequestOf } from './search/find.ts';
import { settingsProcedures } from './settings/settings.ts';
import { uploadProcedures } from './uploads/uploads.ts';
import { folderProcedures } from './sources/folders.ts';
import { sourceProcedures } from './sources/sources.ts';

export interface ApiParts {
  console: Console;
  finder: Finder;
  roots: Roots;
}

/** The contract's procedures over the services. They throw AppError; whoever serves them says it in its own way. */
export function createProcedures(parts: ApiParts & QueueParts & LogParts) {
  const { console, finder, roots } = parts;
  const api = implement(contract).$context<Caller>();

  return api.router({
    queue: queueProcedures(parts),
    search: {
      find: api.search.find.handler(({ input }) =>
        withRemotePicture(input.image_url, console, async (fetched) =>
          find(finder, await findRequestOf(input, console, roots, fetched)),
        ),
      ),
    },
    images: imageProcedures(parts),
    imports: importProcedures(parts),
    catalogs: catalogProcedures(parts),
    duplicates: duplicateProcedures(parts),
    uploads: uploadProcedures(parts),
    sources: sourceProcedures(parts),
    folders: folderProcedures(parts),
    models: modelProcedures(parts),
    settings: settingsProcedures(parts),
    fleet: fleetProcedures(parts),
    logs: logProcedures(parts),
    doctor: doctorProcedures(parts),
  });
}
