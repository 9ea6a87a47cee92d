import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** What says of a part that it is one of the file that is there now: `validator` is its ETag or date. */
const note = z.object({ url: z.string(), validator: z.string().nullable() });
export type PartNote = z.infer<typeof note>;

/** A file that has come in part, beside the place where it will be. */
export interface KeptPart {
  /** Where bytes are added. */
  readonly path: string;
  /** 0 where nothing has come yet. */
  size(): Promise<number>;
  /** Null where nothing is known of it. */
  note(): Promise<PartNote | null>;
  setNote(note: PartNote): Promise<void>;
  drop(): Promise<void>;
}

export function keptPart(file: string): KeptPart {
  const path = `${file}.part`;
  const notePath = `${file}.part.json`;
  return {
    path,
    size: () =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    async note() {
      const text = await readFile(notePath, 'utf8').catch(() => '');
      try {
        return note.parse(JSON.parse(text));
      } catch {
        return null; // never written, or half: the part is begun anew
      }
    },
    setNote: (said) => writeFile(notePath, JSON.stringify(said)),
    async drop() {
      await rm(path, { force: true });
      await rm(notePath, { force: true });
    },
  };
}
