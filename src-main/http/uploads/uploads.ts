import { join } from 'node:path';
import { implement } from '@orpc/server';
import { uploadsContract } from '../../../src-core/contract/uploads.ts';
import { cleanName } from '../../services/uploads/clean-name.ts';
import type { UploadSet } from '../../services/uploads/uploads.ts';
import type { Caller } from '../caller.ts';
import { isoTime } from '../documents.ts';
import { createImportStart } from '../imports/start.ts';
import type { ApiParts } from '../procedures.ts';

export function uploadProcedures(parts: Pick<ApiParts, 'console' | 'roots'>) {
  const { console } = parts;
  const api = implement(uploadsContract).$context<Caller>();
  const start = createImportStart(parts);

  return api.router({
    create: api.create.handler(async ({ input }) => uploadDocument(await (await console.uploads()).create(input.name))),

    list: api.list.handler(async () => {
      const uploads = await (await console.uploads()).list();
      return {
        uploads: uploads.map(uploadDocument),
        bytes: uploads.reduce((sum, { bytes }) => sum + bytes, 0),
        max_bytes: console.settings.uploads.maxBytes,
      };
    }),

    get: api.get.handler(async ({ input }) => uploadDocument(await (await console.uploads()).get(input.upload_id))),

    import: api.import.handler(async ({ input: { upload_id, manifest, ...rest }, context }) => {
      const { folder } = await (await console.uploads()).get(upload_id);
      const facts = manifest === undefined ? undefined : join(folder, cleanName(manifest));
      return start({ ...rest, path: folder, manifest: facts }, context);
    }),

    delete: api.delete.handler(async ({ input: { upload_id } }) => {
      await (await console.uploads()).remove(upload_id);
      return { deleted: upload_id };
    }),
  });
}

function uploadDocument({ id, name, createdAt, usedAt, files, open, bytes, folder, imported }: UploadSet) {
  return {
    upload_id: id,
    name,
    created_at: isoTime(createdAt),
    used_at: isoTime(usedAt),
    files,
    open,
    bytes,
    folder,
    imported,
  };
}
