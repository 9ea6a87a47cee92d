import { implement } from '@orpc/server';
import { reEmbeddingContract } from '../../../src-core/contract/re-embedding.ts';
import { reEmbeddingDocument } from '../../documents.ts';
import type { ApiParts } from '../procedures.ts';

export function reEmbeddingProcedures({ console, finder }: Pick<ApiParts, 'console' | 'finder'>) {
  const api = implement(reEmbeddingContract);
  const service = () => console.reEmbeddings(finder);

  return {
    reEmbed: api.reEmbed.handler(async ({ input: { catalog, model, keep_old, leave_out } }) => {
      const request = { catalog, model, keepOld: keep_old, leaveOut: leave_out };
      return reEmbeddingDocument(await (await service()).start(request));
    }),

    reEmbedding: api.reEmbedding.handler(async ({ input: { catalog } }) => {
      const found = await (await service()).get(catalog);
      return found && reEmbeddingDocument(found);
    }),

    reEmbeddingFailures: api.reEmbeddingFailures.handler(async ({ input: { catalog, limit, after } }) => {
      const failures = await (await service()).failures(catalog, limit, after);
      return {
        failures: failures.map(({ imageId, path, code, message }) => ({ image_id: imageId, path, code, message })),
      };
    }),

    cancelReEmbed: api.cancelReEmbed.handler(async ({ input: { catalog } }) => {
      await (await service()).cancel(catalog);
      return { cancelled: catalog };
    }),
  };
}
