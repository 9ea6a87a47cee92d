import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteQueue } from '../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { tempDir } from '../support/temp-dir.ts';
import { suiteSettings } from './task-queue/backend.ts';
import { checkProcesses } from './task-queue/processes.ts';

const WORKER = fileURLToPath(new URL('task-queue/sqlite-worker.ts', import.meta.url));

it('loses no task and accepts each once, while processes on one file are killed', { timeout: 60_000 }, async () => {
  const path = join(await tempDir(), 'queue.db');
  const queue = await openSqliteQueue({ path, settings: suiteSettings() });
  onTestFinished(() => queue.close());
  await expect(checkProcesses(queue, WORKER, path)).resolves.toBeUndefined();
});
