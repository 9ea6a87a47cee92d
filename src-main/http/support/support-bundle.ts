import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { supportFiles } from '../../support/support-bundle.ts';
import { zipStream } from '../../support/zip-stream.ts';
import { checkBackends } from '../backends.ts';
import { statsDocument, workerDocument } from '../documents.ts';
import type { ApiParts } from '../procedures.ts';
import { findToken } from '../token.ts';

export const SUPPORT_BUNDLE = '/support-bundle';

/** Checks that look at everything, and logs of 20 MB to be packed. */
const BUNDLE_MS = 180_000;

/** What the command `support-bundle` writes, as a zip that is sent as it is made; to who may change things only. */
export function addSupportBundle(app: FastifyInstance, { console }: Pick<ApiParts, 'console'>): void {
  app.get(SUPPORT_BUNDLE, { handlerTimeout: BUNDLE_MS }, async (request, reply) => {
    if (request.access !== 'full') throw new AppError('FORBIDDEN', 'the support bundle needs the full token');
    const { env } = process;
    const tokens = await Promise.all(
      (['full', 'read'] as const).map((access) => findToken(console.dataDir.root, env, access)),
    );
    const workers = async () => (await console.queue()).workers();
    const files = await supportFiles(console, {
      env,
      tokens,
      numbers: {
        async stats() {
          const queue = await console.queue();
          const [stats, known, health] = await Promise.all([queue.stats(), workers(), checkBackends(console)]);
          return statsDocument(stats, known, health, (await console.fleetStatus()).limitOf(stats, known));
        },
        workers: async () => (await workers()).map(workerDocument),
      },
    });
    const name = `imagefleet-support-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.zip`;
    return reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(zipStream(files)));
  });
}
