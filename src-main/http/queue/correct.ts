import { imageIdOf, isUnder } from '../../../src-core/domain/identity.ts';
import { indexPayload, type IndexPayload } from '../../../src-core/domain/index-task.ts';
import { canonicalNameOf } from '../../../src-core/domain/path-map.ts';
import { replacePrefix } from '../../../src-core/domain/replace-prefix.ts';
import type { Task, TaskCorrection } from '../../../src-core/domain/task.ts';
import type { Correction } from '../../../src-core/contract/queue-operations.ts';
import type { ApiParts } from '../procedures.ts';

/**
 * Says of each task what it has from now on; null where the correction does not concern it. Throws PATH_OUTSIDE_ROOT for a
 * new path that may not be read.
 */
export async function createCorrect(
  { path: change, catalog, priority, max_attempts: maxAttempts }: Correction,
  { console, roots }: Pick<ApiParts, 'console' | 'roots'>,
): Promise<(task: Task) => Promise<Omit<TaskCorrection, 'id'> | null>> {
  const given = catalog === undefined ? undefined : (await console.ensureCatalog(catalog)).id;
  const nameOf = await (await console.sources()).namer();
  const numbers = { ...(priority !== undefined && { priority }), ...(maxAttempts !== undefined && { maxAttempts }) };

  async function moved(payload: IndexPayload, path: string): Promise<IndexPayload> {
    const { root } = await roots.check(path);
    const canonicalName = nameOf(path);
    // Still of its source where it stays below the source's folder.
    if (payload.root !== null && isUnder(canonicalNameOf(path), canonicalNameOf(payload.root))) {
      return { ...payload, path, canonicalName, inode: null };
    }
    const { machine: _, ...rest } = payload;
    return { ...rest, path, canonicalName, inode: null, sourceId: null, root, rootName: nameOf(root) };
  }

  return async ({ kind, catalogId: before, payload: old }) => {
    if (change === undefined && given === undefined) return numbers;
    const payload = kind === 'index' ? indexPayload.safeParse(old).data : undefined;
    if (!payload) return null;
    const path = change && replacePrefix(payload.path, change);
    if (change && path === undefined) return null;
    const catalogId = given ?? before;
    const corrected = path === undefined ? payload : await moved(payload, path);
    const imageId = imageIdOf(catalogId, corrected.canonicalName);
    // What this version does not know of a payload is kept.
    const { machine: _, ...others } = old;
    return { ...numbers, catalogId, payload: { ...others, ...corrected, imageId } };
  };
}
