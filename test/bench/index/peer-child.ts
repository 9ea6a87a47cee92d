/**
 * The peer: what a good engineer puts together from the usual parts, one picture at a time: sharp → onnxruntime with a
 * batch of one → one upsert per picture, each with its own defaults. It keeps no queue, no lease and no hash, which
 * would only slow it down.
 * Arguments: FOLDER DATABASE SHARE OF THREADS (of onnxruntime; 0: its default). Sends `{items, seconds}`.
 */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import ort from 'onnxruntime-node';
import sharp from 'sharp';

const [folder = '', database = '', share = '0', of = '1', threads = '0'] = process.argv.slice(2);
const root = resolve(import.meta.dirname, '../../..');
const files = (await readdir(folder)).toSorted().filter((_, i) => i % Number(of) === Number(share));
const session = await ort.InferenceSession.create(join(root, 'resources/models/default-160.onnx'), {
  intraOpNumThreads: Number(threads),
});
const db = new DatabaseSync(database, { timeout: 60_000 });
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
db.exec('CREATE TABLE IF NOT EXISTS image (path TEXT PRIMARY KEY, width INT, height INT, vector BLOB)');
const upsert = db.prepare('INSERT OR REPLACE INTO image VALUES (?, ?, ?, ?)');

const startedAt = performance.now();
for (const name of files) {
  const path = join(folder, name);
  const { width, height } = await sharp(path).metadata();
  const pixels = await sharp(path)
    .rotate()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(160, 160, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer();
  const { embedding } = await session.run({ image: new ort.Tensor('uint8', pixels, [1, 160, 160, 3]) });
  const vector = embedding?.data as Float32Array;
  upsert.run(path, width, height, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}
process.send?.({ items: files.length, seconds: (performance.now() - startedAt) / 1_000 });
process.disconnect?.();
