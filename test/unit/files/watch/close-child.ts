import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWatcher } from '../../../../src-core/files/watch/create-watcher.ts';
import { watchOptions } from '../../../../src-core/files/watch/options.ts';

/** Watches the folder, closes amid changes and ends, if nothing is left running. Sends what it was told first. */
const [root = '', mode] = process.argv.slice(2);
const watcher = await createWatcher(watchOptions.parse({ root, mode }));
writeFileSync(join(root, 'a', 'first.jpg'), '');
process.send?.(await watcher.next(new AbortController().signal));
watcher.touch(join(root, 'b'));
for (let n = 0; n < 500; n++) writeFileSync(join(root, 'a', `${n}.jpg`), '');
await watcher.close();
process.disconnect();
