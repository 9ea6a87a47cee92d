import { toAppError } from '../../../src-core/domain/app-error.ts';
import type { Finder } from '../../../src-core/ports/finder.ts';
import type { Successions } from '../../../src-core/ports/successions.ts';

/** Pictures of one step; searches get through between two. */
const STEP = 8;

/**
 * One step. Of pictures that kill the process that decodes them, the one that does it alone is noted as failed. Answers whether
 * some may still be due.
 */
export async function embedStep(
  finder: Pick<Finder, 'reEmbed'>,
  successions: Successions,
  catalogId: string,
): Promise<boolean> {
  for (const limit of [STEP, 1]) {
    try {
      return (await finder.reEmbed(catalogId, limit)).due;
    } catch (error) {
      if (toAppError(error).code !== 'WORKER_LOST') throw error;
    }
  }
  const [picture] = await successions.due(catalogId, 1);
  if (!picture) return false;
  const { record, mark } = picture;
  const message = `${record.path} ends the process that decodes it`;
  await successions.settle(catalogId, [{ imageId: record.imageId, mark, code: 'WORKER_CRASHED', message }]);
  return true;
}
