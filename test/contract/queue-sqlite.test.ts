import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { tempDir } from '../support/temp-dir.ts';
import { suiteSettings } from './task-queue/backend.ts';
import { testTaskQueueProperties, type ExactQueueBackend } from './task-queue/properties.ts';
import { testTaskQueue } from './task-queue/suite.ts';

async function openBackend(): Promise<ExactQueueBackend> {
  const path = join(await tempDir(), 'queue.db');
  // The middle of a minute, so that short times stay within it.
  let now = Date.UTC(2026, 0, 1, 12, 0, 20);
  return {
    now: () => now,
    async open(overrides) {
      const queue = await openSqliteQueue({ path, settings: suiteSettings(overrides), now: () => now });
      onTestFinished(() => queue.close());
      return queue;
    },
    async advance(ms) {
      now += ms;
    },
  };
}

testTaskQueue('sqlite', openBackend);
testTaskQueueProperties('sqlite', openBackend);
