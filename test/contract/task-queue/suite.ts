import { describe } from 'vitest';
import { testAttachAndWorkers } from './attach-and-workers.ts';
import type { OpenQueueBackend } from './backend.ts';
import { testClaim } from './claim.ts';
import { testEnqueue } from './enqueue.ts';
import { testEvents } from './events.ts';
import { testExtendAndReclaim } from './extend-and-reclaim.ts';
import { testList } from './list.ts';
import { testMaintain } from './maintain.ts';
import { testOperate } from './operate.ts';
import { testPause } from './pause.ts';
import { testSettle } from './settle.ts';
import { testStats } from './stats.ts';
import { testSuspects } from './suspects.ts';
import { testUnseen } from './unseen.ts';
import { testWaitForWork } from './wait-for-work.ts';

/** The contract of TaskQueue: the same tests for every adapter. `open` gives each test an empty queue. */
export function testTaskQueue(name: string, open: OpenQueueBackend): void {
  describe(`task queue on ${name}`, () => {
    testEnqueue(open);
    testClaim(open);
    testSuspects(open);
    testSettle(open);
    testUnseen(open);
    testExtendAndReclaim(open);
    testMaintain(open);
    testPause(open);
    testList(open);
    testOperate(open);
    testStats(open);
    testEvents(open);
    testAttachAndWorkers(open);
    testWaitForWork(open);
  });
}
