import { join } from 'node:path';
import { openSqliteImports } from '../../../../src-core/adapters/imports-sqlite/open-sqlite-imports.ts';
import { openSqliteQueue } from '../../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { settingsSchema } from '../../../../src-core/settings/schema.ts';
import { createImports } from '../../../../src-main/services/imports/imports.ts';

// A host that imports the folder `path` and kills itself right before its nth write, as a power button would.
const [dir = '', path = '', nth = ''] = process.argv.slice(2);
const settings = settingsSchema.parse({ imports: { batch: 4 } });
const log = await openSqliteImports({ path: join(dir, 'imports.db') });
const queue = await openSqliteQueue({ path: join(dir, 'queue.db'), settings });
const store = await openSqliteVectors({ path: join(dir, 'vectors.db') });
const catalog = await store.ensureCatalog({ name: 'default', model: 'toy', dimension: 2 });

let writes = 0;
function counted<A extends unknown[], R>(verb: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return (...args) => {
    if (++writes === Number(nth)) process.kill(process.pid, 'SIGKILL');
    return verb(...args);
  };
}
log.discover = counted(log.discover);
log.record = counted(log.record);
log.remember = counted(log.remember);
log.setWalked = counted(log.setWalked);
log.setState = counted(log.setState);
queue.enqueue = counted(queue.enqueue);

const imports = createImports({ log, queue, store, settings, timing: { pollMs: 5 } });
const run = await imports.start({ path, catalogId: catalog.id });
await imports.run(run.id);
