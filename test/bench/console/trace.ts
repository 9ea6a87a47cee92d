import type { CDPSession } from '@playwright/test';

/** Of a Chromium trace; ts, dur and tdur (what the thread ran of it) in µs. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'v8.execute',
  'blink.user_timing',
  '__metadata',
];
/** What runs JavaScript. One within another is counted once. */
const SCRIPTING = new Set([
  'EvaluateScript',
  'v8.evaluateModule',
  'FunctionCall',
  'FireAnimationFrame',
  'TimerFire',
  'EventDispatch',
  'RunMicrotasks',
  'V8.GC_MAIN_THREAD',
  'MinorGC',
  'MajorGC',
]);
/** What a script may force, by asking for a size; as DevTools counts it, that is rendering, and is done once either way. */
const RENDERING = new Set(['Layout', 'UpdateLayoutTree']);
const TASK = 'RunTask';
const FRAME = 'FireAnimationFrame';

export interface Traced {
  frames: number;
  /** CPU ms of scripting between one frame and the next, each; without layout, which `forced` has of them. */
  scripting: number[];
  /** CPU ms of style and layout within scripts, each frame. */
  forced: number[];
  /** ms of each task over 50 ms of wall time: as the clock saw it, and as much of it as the thread ran. */
  longTasks: { wall: number; cpu: number }[];
}

/** What the page's main thread does while `run` runs. */
export async function traced(cdp: CDPSession, run: () => Promise<unknown>): Promise<Traced> {
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', {
    traceConfig: { includedCategories: CATEGORIES, recordMode: 'recordAsMuchAsPossible' },
    transferMode: 'ReportEvents',
  });
  await run();
  const complete = new Promise((done) => cdp.once('Tracing.tracingComplete', done));
  await cdp.send('Tracing.end');
  await complete;
  return summed(events);
}

function summed(events: readonly TraceEvent[]): Traced {
  const main = mainThread(events);
  const own = events.filter(({ pid, tid, ph }) => pid === main.pid && tid === main.tid && ph === 'X');
  own.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const starts = own.filter(({ name }) => name === FRAME).map(({ ts }) => ts);
  const [scripting, forced] = [starts.slice(1).map(() => 0), starts.slice(1).map(() => 0)];
  let [scriptUntil, renderUntil, frame] = [0, 0, 0];
  for (const { name, ts, dur = 0, tdur } of own) {
    const isOuterScript = SCRIPTING.has(name) && ts >= scriptUntil;
    const isForced = RENDERING.has(name) && ts < scriptUntil && ts >= renderUntil;
    if (!isOuterScript && !isForced) continue;
    if (isOuterScript) scriptUntil = ts + dur;
    else renderUntil = ts + dur;
    while (frame < scripting.length && ts >= starts[frame + 1]!) frame++;
    if (ts < starts[0]! || frame >= scripting.length) continue;
    const ms = (tdur ?? dur) / 1_000;
    scripting[frame]! += isOuterScript ? ms : -ms;
    if (isForced) forced[frame]! += ms;
  }
  if (!own.some(({ name }) => name === TASK)) throw new Error('the trace has no tasks');
  const longTasks = own
    .filter(({ name, dur = 0 }) => name === TASK && dur > 50_000)
    .map(({ dur = 0, tdur }) => ({ wall: dur / 1_000, cpu: (tdur ?? dur) / 1_000 }));
  return { frames: starts.length, scripting, forced, longTasks };
}

/** The renderer's thread that draws most frames. */
function mainThread(events: readonly TraceEvent[]): { pid: number; tid: number } {
  const counts = new Map<string, number>();
  for (const { name, pid, tid } of events) {
    if (name === FRAME) counts.set(`${pid}:${tid}`, (counts.get(`${pid}:${tid}`) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  if (!most) throw new Error('the trace has no frame');
  const [pid, tid] = most[0].split(':').map(Number);
  return { pid: pid!, tid: tid! };
}
