import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, parseOrThrow } from '../../../src-core/domain/app-error.ts';
import { imageRecord } from '../../../src-core/domain/image-record.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import {
  MANIFEST,
  parseJson,
  parseManifest,
  recordsFile,
  UNFINISHED,
  vectorsFile,
  type Manifest,
  type Piece,
} from './backup-format.ts';
import { PAGE, type CopySource } from './sides.ts';

const strictRecord = z.strictObject(imageRecord.shape);

/** Throws NOT_FOUND, INVALID_INPUT, DATABASE_TOO_NEW: for a folder that is no whole backup, with what is wrong. */
export async function openBackup(folder: string): Promise<CopySource & { manifest: Manifest }> {
  const manifest = await readManifest(folder);
  return {
    title: `the backup in ${folder}`,
    manifest,
    catalog: manifest.catalog,
    count: () => Promise.resolve(manifest.records),
    async *pages(after) {
      for await (const images of piecesOf(folder, manifest)) {
        const rest = after === null ? images : images.filter(({ record }) => record.imageId > after);
        for (let at = 0; at < rest.length; at += PAGE) yield rest.slice(at, at + PAGE);
      }
    },
  };
}

/** The records of each piece. Each is checked as a whole before anything of it is given out; INVALID_INPUT else. */
export async function* piecesOf(
  folder: string,
  { catalog, pieces }: Pick<Manifest, 'catalog' | 'pieces'>,
): AsyncGenerator<StoredImage[]> {
  for (const piece of pieces) yield readPiece(folder, piece, catalog.dimension);
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const text = await readIfThere(path);
  if (text !== null) return parseManifest(text.toString(), path);
  if ((await readIfThere(join(folder, UNFINISHED))) !== null) {
    throw new AppError('INVALID_INPUT', `the backup in ${folder} is not whole; run the copy that made it again`);
  }
  throw new AppError('NOT_FOUND', `there is no backup in ${folder}: it has no ${MANIFEST}`);
}

async function readPiece(folder: string, piece: Piece, dimension: number): Promise<StoredImage[]> {
  const [records, vectors] = await Promise.all([
    readChecked(join(folder, recordsFile(piece.number)), piece.recordsBytes, piece.recordsSha256),
    readChecked(join(folder, vectorsFile(piece.number)), piece.records * dimension * BYTES, piece.vectorsSha256),
  ]);
  const file = join(folder, recordsFile(piece.number));
  const lines = records.toString().split('\n').slice(0, -1);
  const images = lines.map((line, i): StoredImage => {
    const where = `${file}, line ${i + 1}`;
    const at = i * dimension * BYTES;
    return {
      record: parseOrThrow(strictRecord, parseJson(line, where), where),
      vector: new Float32Array(Uint8Array.from(vectors.subarray(at, at + dimension * BYTES)).buffer),
    };
  });
  const ids = images.map(({ record }) => record.imageId);
  const inOrder = ids.every((id, i) => i === 0 || ids[i - 1]! < id);
  if (images.length !== piece.records || ids[0] !== piece.first || ids.at(-1) !== piece.last || !inOrder) {
    throw new AppError('INVALID_INPUT', `${file} holds other records than ${MANIFEST} says`);
  }
  return images;
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

async function readChecked(path: string, bytes: number, sha256: string): Promise<Buffer> {
  const content = await readIfThere(path);
  if (content === null) throw new AppError('INVALID_INPUT', `the backup is damaged: ${path} is missing`);
  if (content.length !== bytes) {
    throw new AppError('INVALID_INPUT', `the backup is damaged: ${path} has ${content.length} bytes, not ${bytes}`);
  }
  if (createHash('sha256').update(content).digest('hex') !== sha256) {
    throw new AppError('INVALID_INPUT', `the backup is damaged: ${path} has other bytes than were written`);
  }
  return content;
}

/** Null where there is no such file. Throws INVALID_INPUT when it cannot be read. */
export async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AppError('INVALID_INPUT', `${path} cannot be read: ${message}`, { cause: error });
  }
}
