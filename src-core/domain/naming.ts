import { z } from 'zod';
import { imageIdOf } from './identity.ts';
import { sharedFolder, sharedNameOf } from './path-map.ts';

/**
 * How the files of one source are named in a store. It is decided when the source is made and stays: with another naming
 * every picture would be another one.
 */
export const naming = z.object({
  /** Id of this machine, where others may write to the same store; null where none does. */
  machine: z.string().nullable(),
  /** Folders that are named the same on every machine. */
  folders: z.array(sharedFolder),
});
export type Naming = z.infer<typeof naming>;

/** Names as they are on this machine: for a store that no other one writes to. */
export const OWN_NAMES: Naming = { machine: null, folders: [] };

/** Between the id of a machine and a path of it. */
const OF = ':';

/**
 * What the store calls a file that this machine calls `name` (canonical): by its shared folder, else with the machine's
 * id in front, so that two machines' `/pictures/1.jpg` are two pictures.
 */
export function nameInStore({ machine, folders }: Naming, name: string): string {
  return sharedNameOf(name, folders) ?? (machine === null ? name : `${machine}${OF}${name}`);
}

/** Id of the picture that this machine calls `name`. */
export function pictureIdOf(catalogId: string, how: Naming, name: string): string {
  return imageIdOf(catalogId, nameInStore(how, name));
}

/** The machine whose path a stored name is; null for a shared name, or one from before a store was shared. */
export function machineOf(stored: string): string | null {
  return /^([a-z0-9-]+-[0-9a-f]{8}):(?:\/|[A-Z]:)/.exec(stored)?.[1] ?? null;
}
