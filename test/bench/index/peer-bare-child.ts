/**
 * A process of the peer without a queue: takes its share of the files, one after the other. It keeps no lease and no
 * state that a crash could lose, so it is the least that this work can cost. Arguments: FOLDER DATABASE SHARE OF. Sends
 * `{items, seconds}`.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openPeerPipeline } from './peer-pipeline.ts';

const [folder = '', database = '', share = '0', of = '1'] = process.argv.slice(2);
const files = (await readdir(folder)).toSorted().filter((_, i) => i % Number(of) === Number(share));
const index = await openPeerPipeline(database, 1);

const startedAt = performance.now();
for (const name of files) await index(join(folder, name));
process.send?.({ items: files.length, seconds: (performance.now() - startedAt) / 1_000 });
process.disconnect?.();
