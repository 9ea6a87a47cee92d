import { openRedisQueue } from '../../../src-core/adapters/queue-redis/open-redis-queue.ts';
import { suiteSettings } from './backend.ts';

/* A process that takes in the plain list of a queue until it is killed. Argument: the Redis URL. */
const [url = ''] = process.argv.slice(2);
const plain = { catalogIdOf: async () => '6f1c1f0e-0000-4000-8000-000000000001' };
const queue = await openRedisQueue({ url, settings: suiteSettings(), plain });
for (;;) await queue.maintain();
