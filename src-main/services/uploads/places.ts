import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where a set of uploaded files lies. What is whole lies apart from what is not, so that an import sees no half picture. */
export interface Places {
  /** Folder of the whole files, by their paths. */
  files: string;
  /** What is known of the set. */
  record: string;
  /** Folder of the unfinished files. */
  parts: string;
  /** Of the record and the parts. */
  own: string;
}

/** No set has such an id. */
const OWN = '.sets';

export function placesOf(folder: string, id: string): Places {
  const own = join(folder, OWN, id);
  return { files: join(folder, id), own, record: join(own, 'set.json'), parts: join(own, 'parts') };
}

export function ownFolder(folder: string): string {
  return join(folder, OWN);
}

/** An unfinished file: its bytes, and what it will be. */
export function partOf({ parts }: Places, path: string): { bytes: string; record: string } {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 32);
  return { bytes: join(parts, name), record: join(parts, `${name}.json`) };
}
