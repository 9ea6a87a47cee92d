import { randomUUID } from 'node:crypto';
import type { EnqueueRequest } from '../../src-core/contract/queue.ts';
import { imageIdOf } from '../../src-core/domain/identity.ts';
import { plainTaskToNew } from '../../src-core/domain/plain-task.ts';
import type { NewTask } from '../../src-core/domain/task.ts';
import type { Settings } from '../../src-core/settings/schema.ts';

/** Where a picture belongs that a program hands in. */
interface Belonging {
  catalogId: string;
  /** What its path must not leave, as this machine opens it. */
  root: string;
  /** Answers what the store calls a file or folder of this machine. */
  nameOf: (path: string) => string;
}

/**
 * The task of such a picture: as of the plain list, but held inside its root, and called as an import of this machine
 * would call it, so that both mean the same picture.
 */
export function taskOf(request: EnqueueRequest, { catalogId, root, nameOf }: Belonging, settings: Settings): NewTask {
  const name = nameOf(request.image_path);
  const plain = plainTaskToNew(request, catalogId, randomUUID());
  return {
    ...plain,
    maxAttempts: request.max_attempts ?? settings.queue.attempts,
    backoff: { baseMs: settings.queue.backoffBaseMs, capMs: settings.queue.backoffCapMs },
    payload: {
      ...plain.payload,
      canonicalName: name,
      imageId: imageIdOf(catalogId, name),
      root,
      rootName: nameOf(root),
    },
  };
}
