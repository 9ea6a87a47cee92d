import { openSqliteQueue } from '../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { suiteSettings } from './backend.ts';
import { workToTheEnd } from './worker-process.ts';

const [path = ''] = process.argv.slice(2);
await workToTheEnd(await openSqliteQueue({ path, settings: suiteSettings() }));
