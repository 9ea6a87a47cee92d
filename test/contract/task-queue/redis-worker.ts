import { openRedisQueue } from '../../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { suiteSettings } from './backend.ts';
import { workToTheEnd } from './worker-process.ts';

const [url = ''] = process.argv.slice(2);
await workToTheEnd(await openRedisQueue({ url, settings: suiteSettings() }));
