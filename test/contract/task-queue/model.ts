import { strict as assert } from 'node:assert';
import {
  TASK_PRIORITIES,
  TASK_TRANSITIONS,
  isOpen,
  type Settlement,
  type TaskState,
} from '../../../src-core/domain/task.ts';
import type { SettleAnswer } from '../../../src-core/ports/task-queue.ts';
import type { ModelFilter, ModelTask, QueueModel } from './model-types.ts';
import { LEASE, LOST_AFTER, UNSEEN_RETRY } from './backend.ts';

/** The queue said in the plainest way: arrays that are filtered and sorted, one process, no index, no counter. */
export function createModel(start: number): QueueModel {
  const tasks = new Map<string, ModelTask>();
  const claims = new Map<string, { workerId: string; version: number; emptyHands: boolean }>();
  const workers = new Map<string, { seenAt: number; live: boolean }>();
  const totals = { enqueued: 0, completed: 0, failed: 0, cancelled: 0, retried: 0, stalled: 0 };
  let sequence = 0;
  let owner: { workerId: string; until: number } | null = null;

  const all = (keep: (task: ModelTask) => boolean): ModelTask[] =>
    [...tasks.values()].filter(keep).toSorted((a, b) => a.place - b.place);

  function move(task: ModelTask, state: TaskState, code: string | null = task.code): void {
    const allowed: readonly TaskState[] = TASK_TRANSITIONS[task.state];
    assert(allowed.includes(state), `${task.id} must not go from ${task.state} to ${state}`);
    if (state === 'completed' || state === 'failed' || state === 'cancelled') {
      totals[state] += 1;
      task.blind.clear();
    }
    task.state = state;
    task.code = code;
    task.alone = false;
    if (state !== 'delayed') task.dueAt = null;
  }

  function stall(task: ModelTask): void {
    totals.stalled += 1;
    task.suspect = ++sequence;
    if (task.alone) task.stalls += 1;
    if (task.alone && task.stalls === 3) move(task, 'failed', 'WORKER_CRASHED');
    else move(task, 'waiting');
  }

  function takeBackExpired(): number {
    const lost = all((task) => task.state === 'active' && task.leaseUntil <= model.now);
    for (const task of lost.toSorted((a, b) => a.leaseUntil - b.leaseUntil)) stall(task);
    return lost.length;
  }

  function promoteDue(): number {
    const due = all((task) => task.state === 'delayed' && (task.dueAt ?? 0) <= model.now);
    for (const task of due) move(task, 'waiting');
    return due.length;
  }

  function nobodySees(blind: ReadonlySet<string>): boolean {
    const live = [...workers].filter(([, worker]) => worker.live && worker.seenAt > model.now - LOST_AFTER);
    return live.length > 0 && live.every(([workerId]) => blind.has(workerId));
  }

  function holds(workerId: string): ModelTask[] {
    return all((task) => task.state === 'active' && task.workerId === workerId);
  }

  /** What a new claim takes, by promise 3: the suspects first, alone, and by one worker at a time. */
  function take(workerId: string, max: number): { taken: ModelTask[]; emptyHands: boolean } {
    if (model.paused) return { taken: [], emptyHands: false };
    const free = owner === null || owner.workerId === workerId || owner.until <= model.now;
    const own = (): void => void (owner = { workerId, until: model.now + LEASE });
    const held = holds(workerId);
    if (held.some((task) => task.alone)) {
      if (free) own();
      return { taken: [], emptyHands: true };
    }
    const visible = all(
      (task) => task.state === 'waiting' && !task.blind.has(workerId) && !model.pausedImports.has(task.importId ?? ''),
    );
    const [suspect] = visible
      .filter((task) => task.suspect !== null)
      .toSorted((a, b) => (a.suspect ?? 0) - (b.suspect ?? 0));
    if (suspect && free) {
      own();
      return held.length > 0 ? { taken: [], emptyHands: true } : { taken: [suspect], emptyHands: false };
    }
    if (!suspect && owner?.workerId === workerId) owner = null;
    const ordinary = visible.filter((task) => task.suspect === null).toSorted((a, b) => rank(a) - rank(b));
    return { taken: ordinary.slice(0, max), emptyHands: false };
  }

  function disown(workerId: string): void {
    if (owner?.workerId === workerId) owner = null;
  }

  function settleOne(workerId: string, settlement: Settlement, dueAt: (id: string) => number): SettleAnswer {
    const { taskId, version } = settlement;
    const task = tasks.get(taskId);
    if (!task) return { taskId, accepted: false, state: null };
    if (task.settled === version && version > 0) return { taskId, accepted: true, state: task.state };
    if (task.state !== 'active' || task.version !== version || task.workerId !== workerId) {
      return { taskId, accepted: false, state: task.state };
    }
    task.settled = version;
    if (settlement.outcome === 'release') release(task, workerId, settlement.reason);
    else {
      task.suspect = null;
      if (settlement.outcome === 'done') move(task, 'completed', null);
      else conclude(task, settlement.outcome, settlement.error.code, dueAt);
    }
    return { taskId, accepted: true, state: task.state };
  }

  function conclude(task: ModelTask, outcome: 'retry' | 'dead', code: string, dueAt: (id: string) => number): void {
    task.attempts += 1;
    if (outcome === 'dead' || task.attempts >= task.maxAttempts) {
      move(task, 'failed', code);
      return;
    }
    task.stalls = 0;
    totals.retried += 1;
    move(task, 'delayed', code);
    task.dueAt = dueAt(task.id);
  }

  function release(task: ModelTask, workerId: string, reason: string): void {
    if (reason !== 'unseen') {
      move(task, 'waiting');
      return;
    }
    task.blind.add(workerId);
    if (nobodySees(task.blind)) {
      move(task, 'failed', 'NO_WORKER_SEES_IT');
      return;
    }
    move(task, 'delayed');
    task.dueAt = model.now + UNSEEN_RETRY;
  }

  function matching({ ids, importId }: ModelFilter, states: (state: TaskState) => boolean): ModelTask[] {
    return all(
      (task) =>
        states(task.state) &&
        (ids === undefined || ids.includes(task.id)) &&
        (importId === undefined || task.importId === importId),
    );
  }

  function runAgain(task: ModelTask): void {
    move(task, 'waiting', null);
    task.blind.clear();
    Object.assign(task, { attempts: 0, stalls: 0 });
  }

  const model: QueueModel = {
    tasks,
    totals,
    now: start,
    paused: false,
    pausedImports: new Set(),

    enqueue(task) {
      if (tasks.has(task.id)) return false;
      totals.enqueued += 1;
      tasks.set(task.id, {
        ...task,
        place: ++sequence,
        state: 'waiting',
        attempts: 0,
        stalls: 0,
        suspect: null,
        alone: false,
        version: 0,
        settled: 0,
        workerId: null,
        leaseUntil: 0,
        dueAt: null,
        blind: new Set(),
        code: null,
      });
      return true;
    },

    claim(workerId, claimId, max, version) {
      takeBackExpired();
      promoteDue();
      const known = claims.get(claimId);
      if (known) {
        const batch = holds(known.workerId).filter((task) => task.version === known.version);
        for (const task of batch) task.leaseUntil = model.now + LEASE;
        return { ids: inLine(batch), emptyHands: known.emptyHands };
      }
      const { taken, emptyHands } = take(workerId, max);
      for (const task of taken) {
        move(task, 'active');
        Object.assign(task, { workerId, version, leaseUntil: model.now + LEASE, alone: task.suspect !== null });
      }
      claims.set(claimId, { workerId, version, emptyHands });
      return { ids: inLine(taken), emptyHands };
    },

    extend(workerId, held) {
      takeBackExpired();
      if (owner?.workerId === workerId) owner.until = model.now + LEASE;
      return held
        .filter(({ taskId, version }) => {
          const task = tasks.get(taskId);
          const isOwn = task?.state === 'active' && task.workerId === workerId && task.version === version;
          if (isOwn) task.leaseUntil = model.now + LEASE;
          return !isOwn;
        })
        .map(({ taskId }) => taskId);
    },

    settle(workerId, settlements, dueAt) {
      takeBackExpired();
      return settlements.map((settlement) => settleOne(workerId, settlement, dueAt));
    },

    reclaim(workerId) {
      const lost = holds(workerId);
      for (const task of lost) stall(task);
      disown(workerId);
      return lost.length;
    },

    maintain() {
      const reclaimed = takeBackExpired();
      const promoted = promoteDue();
      for (const task of all(({ state, blind }) => isOpen(state) && state !== 'active' && blind.size > 0)) {
        if (nobodySees(task.blind)) move(task, 'failed', 'NO_WORKER_SEES_IT');
      }
      const times = all(({ state }) => state === 'active' || state === 'delayed').map(
        (task) => (task.state === 'active' ? task.leaseUntil : (task.dueAt ?? 0)) - model.now,
      );
      return { reclaimed, promoted, nextDueMs: times.length > 0 ? Math.max(0, Math.min(...times)) : null };
    },

    heartbeat(workerId, live) {
      workers.set(workerId, { seenAt: model.now, live });
      if (!live) disown(workerId);
    },

    retry(filter) {
      const found = matching(filter, canBeRetried);
      for (const task of found) runAgain(task);
      return found.length;
    },

    retryCorrected(corrections) {
      let retried = 0;
      for (const { id, priority, maxAttempts } of corrections) {
        const task = tasks.get(id);
        if (!task || !canBeRetried(task.state)) continue;
        runAgain(task);
        Object.assign(task, priority && { priority }, maxAttempts && { maxAttempts });
        retried += 1;
      }
      return retried;
    },

    cancel(filter) {
      const found = matching(filter, isOpen);
      for (const task of found) move(task, 'cancelled');
      return found.length;
    },

    remove(filter) {
      const found = matching(filter, (state) => !isOpen(state));
      for (const task of found) tasks.delete(task.id);
      return found.length;
    },
  };

  return model;
}

function canBeRetried(state: TaskState): boolean {
  return state === 'failed' || state === 'cancelled' || state === 'delayed';
}

function rank(task: ModelTask): number {
  return TASK_PRIORITIES.indexOf(task.priority);
}

function inLine(batch: readonly ModelTask[]): string[] {
  return batch.toSorted((a, b) => rank(a) - rank(b) || a.place - b.place).map(({ id }) => id);
}
