import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import {
  createManifest,
  MANIFEST,
  parseManifest,
  recordsFile,
  UNFINISHED,
  vectorsFile,
  type Manifest,
  type Piece,
} from './backup-format.ts';
import { piecesOf, readIfThere } from './backup-reader.ts';
import { plainRecord } from './same-image.ts';
import type { CopyTarget } from './sides.ts';

/** A piece ends with the record that reaches one of these; so much is held in memory, and so much an interruption may cost. */
const PIECE_RECORDS = 5_000;
const PIECE_BYTES = 16e6;

/**
 * A backup in a folder that is empty, is not there yet, or holds an unfinished one of this catalog, which goes on after its
 * last whole piece. Throws CONFLICT for a folder with a finished backup or one of another catalog, INVALID_INPUT for one
 * that holds other things or cannot be written.
 */
export async function openBackupTarget(folder: string, catalog: Catalog): Promise<CopyTarget> {
  let manifest = await startOf(folder, catalog);
  const last = manifest.pieces.at(-1);
  let pending: { image: StoredImage; line: string }[] = [];
  let pendingBytes = 0;

  const keep = (next: Manifest): Promise<void> => {
    manifest = next;
    return writeManifest(folder, UNFINISHED, manifest);
  };

  async function writePiece(): Promise<void> {
    if (pending.length === 0) return;
    const piece = await writeFiles(folder, manifest.pieces.length + 1, pending);
    pending = [];
    pendingBytes = 0;
    await keep({ ...manifest, records: manifest.records + piece.records, pieces: [...manifest.pieces, piece] });
  }

  return {
    title: `the backup in ${folder}`,
    resumes: last ? { after: last.last, records: manifest.records } : null,
    lanes: 1,

    async write(images) {
      for (const image of images) {
        const line = `${JSON.stringify(plainRecord(image.record))}\n`;
        pending.push({ image, line });
        pendingBytes += line.length + image.vector.byteLength;
        if (pending.length >= PIECE_RECORDS || pendingBytes >= PIECE_BYTES) await writePiece();
      }
      return { copied: images.length, keptNewer: [] };
    },

    seal: writePiece,
    count: () => Promise.resolve(manifest.records),

    /** Reads all of it, so that every byte of the backup is checked. */
    async get(imageIds) {
      const wanted = new Set(imageIds);
      const found: StoredImage[] = [];
      for await (const images of piecesOf(folder, manifest)) {
        found.push(...images.filter(({ record }) => wanted.has(record.imageId)));
      }
      return found;
    },

    distrust: () => keep(createManifest(catalog, Date.now())),

    async complete() {
      await writeManifest(folder, MANIFEST, manifest);
      await rm(join(folder, UNFINISHED));
    },
  };
}

/** The manifest to go on with. */
async function startOf(folder: string, catalog: Catalog): Promise<Manifest> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new AppError('INVALID_INPUT', `${folder} cannot be made: ${(error as Error).message}`, { cause: error });
  });
  if ((await readIfThere(join(folder, MANIFEST))) !== null) {
    throw new AppError('CONFLICT', `${folder} holds a finished backup already; choose another folder`);
  }
  const path = join(folder, UNFINISHED);
  const text = await readIfThere(path);
  if (text === null) {
    const foreign = (await readdir(folder)).find((name) => name !== draftOf(UNFINISHED));
    if (foreign !== undefined) {
      throw new AppError('INVALID_INPUT', `${folder} is not empty: it holds ${foreign}; choose another folder`);
    }
    const manifest = createManifest(catalog, Date.now());
    await writeManifest(folder, UNFINISHED, manifest);
    return manifest;
  }
  const manifest = parseManifest(text.toString(), path);
  const { id, name, model } = manifest.catalog;
  if (id !== catalog.id || model !== catalog.model) {
    throw new AppError(
      'CONFLICT',
      `${folder} holds an unfinished backup of “${name}” (${id}, ${model}), not of “${catalog.name}” (${catalog.id}, ${catalog.model})`,
    );
  }
  return manifest;
}

async function writeFiles(
  folder: string,
  number: number,
  entries: readonly { image: StoredImage; line: string }[],
): Promise<Piece> {
  const records = Buffer.from(entries.map(({ line }) => line).join(''));
  // Float32 as in memory: little-endian on every machine that the program runs on.
  const vectors = Buffer.concat(
    entries.map(({ image: { vector } }) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)),
  );
  await writeDurably(join(folder, recordsFile(number)), records);
  await writeDurably(join(folder, vectorsFile(number)), vectors);
  return {
    number,
    records: entries.length,
    first: entries[0]!.image.record.imageId,
    last: entries.at(-1)!.image.record.imageId,
    recordsBytes: records.length,
    recordsSha256: createHash('sha256').update(records).digest('hex'),
    vectorsSha256: createHash('sha256').update(vectors).digest('hex'),
  };
}

/** There is the old one or the new one, whatever happens meanwhile. */
async function writeManifest(folder: string, name: string, manifest: Manifest): Promise<void> {
  const draft = join(folder, draftOf(name));
  await writeDurably(draft, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  await rename(draft, join(folder, name));
}

function draftOf(name: string): string {
  return `${name}.new`;
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'w').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOSPC') throw error;
    throw new AppError('INVALID_INPUT', `${path} cannot be written: ${error.message}`, { cause: error });
  });
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
