import { randomUUID } from 'node:crypto';
import type { EnqueueRequest } from '../../src-core/contract/queue.ts';
import { nameInStore, pictureIdOf, type Naming } from '../../src-core/domain/naming.ts';
import { canonicalNameOf, type SharedFolder } from '../../src-core/domain/path-map.ts';
import { plainTaskToNew } from '../../src-core/domain/plain-task.ts';
import type { NewTask } from '../../src-core/domain/task.ts';
import type { Settings } from '../../src-core/settings/schema.ts';

/** Where a picture belongs that a program hands in. */
interface Belonging {
  catalogId: string;
  /** What its path must not leave, as this machine opens it. */
  root: string;
  folders: SharedFolder[];
}

/**
 * The task of such a picture: as of the plain list, and held inside its root. No machine's name is in front: a program
 * calls a picture as the fleet does, and every worker that sees the file may index it.
 */
export function taskOf(request: EnqueueRequest, { catalogId, root, folders }: Belonging, settings: Settings): NewTask {
  const naming: Naming = { machine: null, folders };
  const name = canonicalNameOf(request.image_path);
  const plain = plainTaskToNew(request, catalogId, randomUUID());
  return {
    ...plain,
    maxAttempts: request.max_attempts ?? settings.queue.attempts,
    backoff: { baseMs: settings.queue.backoffBaseMs, capMs: settings.queue.backoffCapMs },
    payload: {
      ...plain.payload,
      canonicalName: nameInStore(naming, name),
      imageId: pictureIdOf(catalogId, naming, name),
      root,
      rootName: nameInStore(naming, canonicalNameOf(root)),
    },
  };
}
