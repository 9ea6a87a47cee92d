import { strict as assert } from 'node:assert';
import type { ClaimedTask, Settlement } from '../../../src-core/domain/task.ts';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { again, dead, done, LEASE, newTask, release, status } from './backend.ts';
import { createModel } from './model.ts';
import { compare } from './property-checks.ts';
import type { ExactQueueBackend } from './properties.ts';
import type { Step } from './property-steps.ts';

export interface PropertyRun {
  /** Does the step to the queue and to the model, and compares answers and all that can be seen. */
  take(step: Step): Promise<void>;
  /** The events told of everything that happened. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

type Handed = Pick<ClaimedTask, 'id' | 'version'>;

interface SentClaim {
  workerId: string;
  claimId: string;
  max: number;
}

export async function createRun(backend: ExactQueueBackend): Promise<PropertyRun> {
  const model = createModel(backend.now());
  const handles = [await backend.open(), await backend.open()];
  const { cursor } = await handles[0]!.events(null);
  /** What each worker ever got, with the numbers: a thawed worker sends what it remembers. */
  const memory = new Map<string, Handed[]>();
  const sent: SentClaim[] = [];
  let highest = 0;
  let turn = 0;

  const remembered = (workerId: string): Handed[] => memory.get(workerId) ?? [];

  async function claim(queue: TaskQueue, request: SentClaim, isNew: boolean): Promise<Handed[]> {
    const answer = await queue.claim({ ...request, leaseMs: LEASE });
    const version = answer.tasks[0]?.version ?? 0;
    assert(
      answer.tasks.every((task) => task.version === version),
      'one claim, one number',
    );
    if (isNew && version > 0) {
      assert(version > highest, 'numbers of claims rise');
      highest = version;
    }
    assert.deepEqual(
      { ids: answer.tasks.map(({ id }) => id), emptyHands: answer.emptyHands },
      model.claim(request.workerId, request.claimId, request.max, version),
    );
    memory.set(request.workerId, [...remembered(request.workerId), ...answer.tasks]);
    return answer.tasks;
  }

  function claimAnew(queue: TaskQueue, workerId: string, max: number): Promise<Handed[]> {
    const request = { workerId, claimId: `claim-${sent.length}`, max };
    sent.push(request);
    return claim(queue, request, true);
  }

  async function settleSome(queue: TaskQueue, step: Extract<Step, { do: 'settle' }>): Promise<void> {
    const own = remembered(step.workerId);
    if (own.length === 0) return;
    // From the newest back: mostly what it holds, sometimes what it lost long ago.
    const chosen = step.picks.map((pick) => own.at(-1 - (pick % own.length))!);
    const settlements = chosen.map((task) =>
      outcomeOf({ ...task, version: task.version + step.wrongBy }, step.outcome),
    );
    await settle(queue, step.workerId, settlements);
  }

  async function settle(queue: TaskQueue, workerId: string, settlements: Settlement[]): Promise<void> {
    const answers = await queue.settle(workerId, settlements);
    const due = new Map<string, number>();
    for (const { taskId } of answers) due.set(taskId, (await queue.get(taskId))?.dueAt ?? 0);
    assert.deepEqual(
      answers,
      model.settle(workerId, settlements, (id) => due.get(id)!),
    );
  }

  async function act(queue: TaskQueue, step: Step): Promise<void> {
    switch (step.do) {
      case 'enqueue': {
        const { do: _, ...task } = step;
        const [answer] = await queue.enqueue([newTask(step.id, task)]);
        assert.equal(answer?.created, model.enqueue(task));
        assert.equal(answer?.state, model.tasks.get(step.id)?.state);
        return;
      }
      case 'claim':
        await claimAnew(queue, step.workerId, step.max);
        return;
      case 'claim again': {
        const request = sent.at(step.pick % Math.max(1, sent.length));
        if (request) await claim(queue, request, false);
        return;
      }
      case 'work':
        return settle(queue, step.workerId, (await claimAnew(queue, step.workerId, step.max)).map(done));
      case 'extend': {
        const held = remembered(step.workerId).map(({ id, version }) => ({ taskId: id, version }));
        assert.deepEqual(await queue.extend(step.workerId, held, LEASE), model.extend(step.workerId, held));
        return;
      }
      case 'settle':
        return settleSome(queue, step);
      case 'crash':
        assert.equal(await queue.reclaim(step.workerId), model.reclaim(step.workerId));
        return;
      case 'maintain':
        assert.deepEqual(await queue.maintain(), { ...model.maintain(), trimmed: 0 });
        return;
      case 'heartbeat':
        await queue.heartbeat(status(step.workerId, step.state));
        model.heartbeat(step.workerId, step.state === 'busy');
        return;
      case 'pause':
        await queue.setPaused(step.paused, step.importId ?? undefined);
        if (step.importId === null) model.paused = step.paused;
        else if (step.paused) model.pausedImports.add(step.importId);
        else model.pausedImports.delete(step.importId);
        return;
      case 'retry':
      case 'cancel':
      case 'remove': {
        const filter = {
          ...(step.ids ? { ids: step.ids } : {}),
          ...(step.importId === null ? {} : { importId: step.importId }),
        };
        assert.equal(await queue[step.do](filter), model[step.do](filter));
        return;
      }
      case 'retry corrected':
        assert.equal(await queue.retryCorrected(step.corrections), model.retryCorrected(step.corrections));
        return;
      case 'advance':
        await backend.advance(step.ms);
        model.now = backend.now();
        return;
      case 'reopen':
        await queue.close();
        handles[turn % 2] = await backend.open();
    }
  }

  return {
    async take(step) {
      turn += 1;
      await act(handles[turn % 2]!, step);
      await compare(handles[turn % 2]!, model);
      await backend.audit?.();
    },
    async finish() {
      const { events, gap } = await handles[0]!.events(cursor, 10_000);
      const told = { enqueued: 0, completed: 0, failed: 0, cancelled: 0, stalled: 0 };
      for (const event of events) {
        if (event.type === 'enqueued' || event.type === 'cancelled') told[event.type] += event.count;
        if (event.type === 'stalled') told.stalled += event.tasks.length;
        if (event.type !== 'settled' && event.type !== 'stalled') continue;
        for (const { state } of event.tasks) if (state === 'completed' || state === 'failed') told[state] += 1;
      }
      assert.equal(gap, false);
      assert.deepEqual({ ...model.totals, ...told }, model.totals);
    },
    async close() {
      await Promise.all(handles.map((handle) => handle.close()));
    },
  };
}

function outcomeOf(task: Handed, outcome: Extract<Step, { do: 'settle' }>['outcome']): Settlement {
  if (outcome === 'done') return done(task);
  if (outcome === 'retry') return again(task);
  if (outcome === 'dead') return dead(task);
  return release(task, outcome);
}
