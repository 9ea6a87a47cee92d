import { STAGES, type KnownWorker, type StageName } from './worker-status.ts';

const LIMITS = {
  read: 'reading',
  decode: 'decoding',
  embed: 'inference',
  upsert: 'store',
  settle: 'queue',
} as const satisfies Record<StageName, string>;

type Limit = (typeof LIMITS)[StageName] | 'nothing to do' | 'no workers' | 'paused' | 'store away' | 'not known yet';

export interface Bottleneck {
  limit: Limit;
  /** How much of this machine's processors the workers on it use, 0–1. */
  share: number;
  /** Whether more workers on this machine would bring more; null where nothing tells. */
  moreWorkersHelp: boolean | null;
  /** For people: "decoding, 92 % of what this machine can do; more workers would not help". */
  text: string;
}

/** Two heartbeats of one worker, `before` the older; null while there is only one. */
export interface WorkerSpan {
  before: KnownWorker | null;
  after: KnownWorker;
}

export interface FleetView {
  /** Workers that are alive, in any order. */
  spans: readonly WorkerSpan[];
  /** Tasks that are waiting, delayed or active. */
  open: number;
  /** The queue, or all that is in it. */
  paused: boolean;
  /** This machine, as its workers name it, and how many cores it has. */
  host: string;
  cores: number;
  /** Part of this machine's processor time that nobody used lately, 0–1; null when that is not known. */
  idle: number | null;
}

/** A stage that is this close to the busiest one is as busy: it is measured in steps of heartbeats. */
const AS_BUSY = 0.95;
/** Below this, all stages are idle between a few stray pictures. */
const IDLE = 0.02;
/** Below this there is nothing to gain: the host, the disk and the system need a part of the machine too. */
const FULL = 0.15;

/** What limits the fleet now, from what its workers did between their last two heartbeats. */
export function bottleneck({ spans, open, paused, host, cores, idle }: FleetView): Bottleneck {
  const inOrder = spans.toSorted((a, b) => compare(a.after.status.workerId, b.after.status.workerId));
  const here = inOrder.filter(({ after }) => after.status.host === host);
  const share = clamp(sum(here.map(({ after }) => after.status.cpu)) / Math.max(1, cores));
  const is = (limit: Limit, text: string, moreWorkersHelp: boolean | null = null): Bottleneck => ({
    limit,
    share,
    moreWorkersHelp,
    text,
  });

  if (open === 0) return is('nothing to do', 'nothing to do', false);
  if (paused) return is('paused', 'paused', false);
  if (inOrder.length === 0) return is('no workers', 'no worker is running', true);
  const reasons = inOrder.flatMap(({ after }) => after.status.waitingFor ?? []);
  if (reasons.length === inOrder.length) return is('store away', `waiting: ${reasons[0]}`, false);

  const busy = busyShares(inOrder);
  if (!busy) return is('not known yet', 'starting');
  const most = Math.max(...Object.values(busy));
  if (most < IDLE) return is('nothing to do', 'nothing to do at the moment', false);
  // Stages before the limiting one are held up by it and may look as busy; those after it wait for it.
  const stage = STAGES.findLast((name) => busy[name] >= most * AS_BUSY) ?? 'read';
  // Of other machines nobody here knows how busy they are.
  if (here.length === 0) return is(LIMITS[stage], LIMITS[stage]);
  const free = idle ?? 1 - share;
  return is(LIMITS[stage], `${LIMITS[stage]}, ${machine(share, free)}`, free > FULL);
}

/** A fleet that gets little of a machine which is full of other programs' work gains nothing by more workers. */
function machine(share: number, idle: number): string {
  const used = `${Math.round(share * 100)} % of what this machine can do`;
  if (idle > FULL) return `${used}; more workers may help`;
  const others = share + idle < 1 - FULL ? ', other programs take the rest' : '';
  return `${used}${others}; more workers would not help`;
}

/** Part of the time in which each stage was busy, over all workers, 0–1; null before anybody's second heartbeat. */
function busyShares(spans: readonly WorkerSpan[]): Record<StageName, number> | null {
  const pairs = spans.flatMap(({ before, after }) => {
    const ms = before ? after.seenAt - before.seenAt : 0;
    return before && ms > 0 ? [{ before: before.status.stages, after: after.status.stages, ms }] : [];
  });
  if (pairs.length === 0) return null;
  const total = sum(pairs.map(({ ms }) => ms));
  const shareOf = (stage: StageName): number =>
    clamp(sum(pairs.map(({ before, after }) => Math.max(0, after[stage].busyMs - before[stage].busyMs))) / total);
  return Object.fromEntries(STAGES.map((stage) => [stage, shareOf(stage)])) as Record<StageName, number>;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function clamp(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
