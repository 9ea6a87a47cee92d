import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { cleanName } from './clean-name.ts';
import { ownFolder, placesOf, type Places } from './places.ts';
import { lookAt, receive, type Piece, type UploadedFile } from './receive.ts';
import { measure, type Tally } from './tally.ts';

/** Files that came from another machine, to be imported from the folder that they are kept in. */
export interface UploadSet extends Tally {
  id: string;
  /** What its sender calls it. */
  name: string | null;
  createdAt: number;
  /** When something of it came last. */
  usedAt: number;
  folder: string;
  /** It is a source of pictures; it stays until that is taken out. */
  imported: boolean;
}

/** NOT_FOUND is thrown for a set that there is not. */
export interface Uploads {
  create(name?: string): Promise<UploadSet>;
  /** The newest first. */
  list(): Promise<UploadSet[]>;
  get(id: string): Promise<UploadSet>;
  /** How far a file of it is. Throws INVALID_INPUT for a path that is none. */
  look(id: string, path: string): Promise<UploadedFile>;
  /**
   * Takes a piece of a file. It goes on where the file ends (else CONFLICT, with `details.received`), or begins anew at 0. A
   * piece of the same file that is still under way is given up for it. Throws UPLOADS_FULL, and what `receive` throws.
   */
  write(id: string, path: string, piece: Piece, body: Readable): Promise<UploadedFile>;
  /** With all its files. CONFLICT while pictures are known from there. */
  remove(id: string): Promise<void>;
  /** Removes the sets that nobody imported or sent anything to for too long; answers how many. */
  expire(): Promise<number>;
}

export interface UploadsOptions {
  folder: string;
  /** Of one file. */
  maxFileBytes: number;
  /** Of all sets together. */
  maxBytes: number;
  keepMs: number;
  /** Folders that pictures are known from. */
  sources: () => Promise<readonly string[]>;
  now?: () => number;
}

const setRecord = z.object({ name: z.string().nullable(), createdAt: z.number() });

export function createUploads(options: UploadsOptions): Uploads {
  const { folder, maxFileBytes, maxBytes, keepMs, sources, now = Date.now } = options;
  const tallies = new Map<string, Promise<Tally>>();
  /** By the path of its file in the set: the piece that is being written. */
  const underWay = new Map<string, { end: AbortController; done: Promise<unknown> }>();

  function tallyOf(id: string, places: Places): Promise<Tally> {
    let tally = tallies.get(id);
    if (!tally) {
      tally = measure(places);
      tallies.set(id, tally);
    }
    return tally;
  }

  async function placesOfKnown(id: string): Promise<Places> {
    const places = placesOf(folder, id);
    if (await stat(places.record).catch(() => null)) return places;
    throw new AppError('NOT_FOUND', `there is no upload ${id}`);
  }

  async function ids(): Promise<string[]> {
    return (await readdir(ownFolder(folder)).catch(() => [])).filter((name) => z.uuid().safeParse(name).success);
  }

  async function get(id: string): Promise<UploadSet> {
    const places = await placesOfKnown(id);
    const { mtimeMs } = await stat(places.record);
    const { name, createdAt } = setRecord.parse(JSON.parse(await readFile(places.record, 'utf8')));
    const imported = (await sources()).includes(places.files);
    const tally = await tallyOf(id, places);
    return { id, name, createdAt, usedAt: Math.round(mtimeMs), folder: places.files, imported, ...tally };
  }

  async function list(): Promise<UploadSet[]> {
    const sets = await Promise.all((await ids()).map(get));
    return sets.toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /** For what is there, and `more`. */
  async function mustHaveRoom(more: number): Promise<void> {
    let bytes = more;
    for (const id of await ids()) bytes += (await tallyOf(id, placesOf(folder, id))).bytes;
    if (bytes <= maxBytes) return;
    throw new AppError(
      'UPLOADS_FULL',
      `all uploads together would have ${bytes} bytes; uploads.maxBytes is ${maxBytes}`,
    );
  }

  async function writeAlone(
    id: string,
    places: Places,
    path: string,
    piece: Piece,
    body: Readable,
    signal: AbortSignal,
  ) {
    const before = await lookAt(places, path);
    const { offset, total } = piece;
    if (offset !== 0 && offset !== before.received) {
      throw new AppError('CONFLICT', `${path} goes on at ${before.received}, not at ${offset}`, {
        details: { received: before.received },
      });
    }
    if (before.complete && offset > 0) return before;
    await mustHaveRoom((total ?? offset) - before.received);
    try {
      return await receive(places, path, piece, body, { most: maxFileBytes, signal });
    } finally {
      await recount(id, places, before, await lookAt(places, path));
    }
  }

  async function recount(id: string, places: Places, before: UploadedFile, after: UploadedFile): Promise<void> {
    const tally = await tallyOf(id, places);
    tally.bytes += after.received - before.received;
    tally.files += Number(after.complete) - Number(before.complete);
    tally.open += Number(isOpen(after)) - Number(isOpen(before));
    const at = new Date(now());
    await utimes(places.record, at, at).catch(() => {}); // the set was removed meanwhile
  }

  async function remove(id: string): Promise<void> {
    const { folder: files, imported } = await get(id);
    if (imported) {
      throw new AppError('CONFLICT', `pictures are known from upload ${id}; take out its source ${files} first`);
    }
    const writing = [...underWay].filter(([key]) => key.startsWith(`${id}/`)).map(([, piece]) => piece);
    for (const { end } of writing) end.abort();
    await Promise.allSettled(writing.map(({ done }) => done));
    const places = placesOf(folder, id);
    await rm(places.files, { recursive: true, force: true });
    await rm(places.own, { recursive: true, force: true });
    tallies.delete(id);
  }

  return {
    async create(name) {
      const id = randomUUID();
      const places = placesOf(folder, id);
      await mkdir(places.files, { recursive: true, mode: 0o700 });
      await mkdir(places.parts, { recursive: true, mode: 0o700 });
      await writeFile(places.record, JSON.stringify({ name: name ?? null, createdAt: now() }), { mode: 0o600 });
      return get(id);
    },

    list,
    get,

    async look(id, path) {
      return lookAt(await placesOfKnown(id), cleanName(path));
    },

    async write(id, given, piece, body) {
      const path = cleanName(given);
      const places = await placesOfKnown(id);
      const key = `${id}/${path}`;
      // Its sender may have lost the line and begun again before this end saw it.
      for (let older = underWay.get(key); older; older = underWay.get(key)) {
        older.end.abort();
        await older.done.catch(() => {}); // its own sender is told
      }
      const end = new AbortController();
      const done = writeAlone(id, places, path, piece, body, end.signal).finally(() => underWay.delete(key));
      underWay.set(key, { end, done });
      return done;
    },

    remove,

    async expire() {
      let removed = 0;
      for (const { id, usedAt, imported } of await list()) {
        if (imported || usedAt > now() - keepMs) continue;
        await remove(id);
        removed++;
      }
      return removed;
    },
  };
}

function isOpen({ received, complete }: UploadedFile): boolean {
  return !complete && received > 0;
}
