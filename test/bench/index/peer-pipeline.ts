import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import ort from 'onnxruntime-node';
import sharp from 'sharp';
import { plainDecode } from './plain-decode.ts';

const MODEL = resolve(import.meta.dirname, '../../../resources/models/default-160.onnx');

/**
 * One picture, as a good engineer does it with the usual parts: sharp → onnxruntime with a batch of one → one upsert.
 * `threads` of onnxruntime; 0 is its own default.
 */
export async function openPeerPipeline(database: string, threads: number): Promise<(path: string) => Promise<void>> {
  const session = await ort.InferenceSession.create(MODEL, { intraOpNumThreads: threads });
  const db = new DatabaseSync(database, { timeout: 60_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  db.exec('CREATE TABLE IF NOT EXISTS image (path TEXT PRIMARY KEY, width INT, height INT, vector BLOB)');
  const upsert = db.prepare('INSERT OR REPLACE INTO image VALUES (?, ?, ?, ?)');

  return async (path) => {
    const { width, height } = await sharp(path).metadata();
    const pixels = await plainDecode(path);
    const { embedding } = await session.run({ image: new ort.Tensor('uint8', pixels, [1, 160, 160, 3]) });
    const vector = embedding?.data as Float32Array;
    upsert.run(path, width, height, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  };
}
