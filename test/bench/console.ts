import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { firstLoad } from '../e2e/console/built-files.ts';
import { startFeed } from './console/feed.ts';
import { firstPaints } from './console/first-paints.ts';
import { heapOver } from './console/heap.ts';
import { scroll, scrollToEnd, shownAt, staticTable } from './console/in-page.ts';
import { enqueueTasks, openBenchQueue, startConsole, taskId, type BenchQueue } from './console/served.ts';
import { traced } from './console/trace.ts';
import { printReport, writeJson } from './report.ts';

const HELP = `npm run bench -- console [--tasks 100000] [--events 500] [--minutes 2] [--seconds 10]

The console in a real Chromium on a real server: its Tasks page with that many tasks, all of them loaded, while so many
events a second come in. Build first. Scripting and long tasks are CPU time of the page's main thread, from its trace; style
and layout that scripts force are rendering, as DevTools counts, and told beside; frames are those of a plain table of as many rows, scrolled in the same way just before and just after.
--minutes   how long the heap is watched
--seconds   how long is scrolled
Ends with 1 when a limit is missed: no task over 100 ms, 8 ms of scripting per frame (p95), 0.9 of the plain table's frames,
a heap that grows by a tenth at most, 300 ms from an event to the screen (p95), 1 s to the first useful paint, 350 kB of
JavaScript for it.`;

const FLAGS = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
const VIEWPORT = { width: 1_440, height: 900 };
const GRID = '[role=grid]';

interface Options {
  tasks: number;
  events: number;
  minutes: number;
  seconds: number;
}

export async function benchConsole(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string', default: '100000' },
      events: { type: 'string', default: '500' },
      minutes: { type: 'string', default: '2' },
      seconds: { type: 'string', default: '10' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const { tasks, events, minutes, seconds } = values;
  const options = { tasks: Number(tasks), events: Number(events), minutes: Number(minutes), seconds: Number(seconds) };
  const dataDir = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  try {
    const run = await measured(dataDir, options);
    const limits = limitsOf(run);
    printReport({ title: `The console with ${tasks} tasks and ${events} events a second`, rows: limits });
    await writeJson('console', { options, ...run });
    if (limits.some(({ met }) => met === 'NO')) process.exitCode = 1;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measured(dataDir: string, options: Options) {
  const queue = await openBenchQueue(dataDir);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: false, args: FLAGS });
  let stop: (() => Promise<void>) | undefined;
  try {
    console.error(`${options.tasks} tasks …`);
    await enqueueTasks(queue, 0, options.tasks);
    const served = await startConsole(dataDir);
    stop = served.stop;
    const context = await browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    await page.goto(await served.signInLink());
    await page.locator('main h1').waitFor();
    console.error('first paint …');
    const paints = await firstPaints(context, served.url);
    return { paints, gzipped: gzippedBytes(), ...(await underLoad(page, queue, options)) };
  } finally {
    await browser.close();
    await stop?.();
    await queue.close();
  }
}

async function underLoad(page: Page, queue: BenchQueue, { tasks, events, minutes, seconds }: Options) {
  const before = await plainFrames(page, tasks, seconds);
  console.error('loading all rows …');
  await page.evaluate(() => (window.location.hash = '#/tasks'));
  await page.locator(GRID).waitFor();
  await scrollToEnd(page, GRID, tasks);
  const feed = startFeed(queue, events);
  try {
    console.error('scrolling …');
    await scroll(page, GRID, 2_000); // warm
    const cdp = await page.context().newCDPSession(page);
    let frames = 0;
    const trace = await traced(cdp, async () => (frames = await scroll(page, GRID, seconds * 1_000)));
    const after = await plainFrames(page, tasks, seconds);
    console.error('from event to screen …');
    const rate = feed.rate();
    const delays = await delaysOf(page, feed.settledAt, tasks, events);
    console.error(`heap, ${minutes} minutes …`);
    const heap = await heapOver(cdp, minutes, () => refill(queue, tasks, feed.settledAt.size));
    return { ...trace, framesPerSecond: frames, plain: [before, after], delays, heap, eventsPerSecond: rate };
  } finally {
    await feed.stop();
  }
}

/** Frames a second of a plain table in a page of its own, which is closed again. */
async function plainFrames(page: Page, rows: number, seconds: number): Promise<number> {
  const other = await page.context().newPage();
  await other.setContent(staticTable(rows));
  await scroll(other, '#t', 1_000); // warm
  const frames = await scroll(other, '#t', seconds * 500);
  await other.close();
  await page.bringToFront();
  return frames;
}

const SAMPLES = 30;
/** A task is waited for that is settled so long from now. */
const AHEAD_S = 1;

async function delaysOf(page: Page, settledAt: ReadonlyMap<string, number>, tasks: number, events: number) {
  const delays: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    // The oldest are settled first, and stand last. A step that events are no multiple of meets every part of a batch.
    const n = settledAt.size + Math.round(AHEAD_S * events) + sample * 7;
    if (n >= tasks) break;
    const at = await shownAt(page, { index: tasks - 1 - n, text: 'Completed', patience: 20_000 });
    const settled = settledAt.get(taskId(n));
    delays.push(at === null || settled === undefined ? Number.POSITIVE_INFINITY : at - settled);
  }
  return delays;
}

/** Tasks for the feed, where it would run out of them. */
async function refill(queue: BenchQueue, tasks: number, settled: number): Promise<void> {
  const { counts } = await queue.stats();
  if (counts.waiting < tasks / 10) await enqueueTasks(queue, settled + counts.waiting, tasks / 10);
}

function gzippedBytes(): number {
  return firstLoad().reduce((sum, { gzipped }) => sum + gzipped, 0);
}

function limitsOf(run: Awaited<ReturnType<typeof measured>>) {
  const { longTasks, scripting, forced, framesPerSecond, plain, heap, delays, paints, gzipped } = run;
  const longest = Math.max(0, ...longTasks.map(({ cpu }) => cpu));
  const share = framesPerSecond / Math.max(...plain);
  return [
    limit('longest task, CPU ms', longest, '≤ 100', longest <= 100),
    info('longest task, wall ms', Math.max(0, ...longTasks.map(({ wall }) => wall))),
    limit('scripting per frame, CPU ms, p95', quantile(scripting, 0.95), '≤ 8', quantile(scripting, 0.95) <= 8),
    info('scripting per frame, CPU ms, p50', quantile(scripting, 0.5)),
    info('layout forced by scripts per frame, CPU ms, p95', quantile(forced, 0.95)),
    limit('frames, of a plain table', share, '≥ 0.9', share >= 0.9),
    info('frames a second', framesPerSecond),
    limit('heap at the end, of that at the start', heap.growth, '≤ 1.1', heap.growth <= 1.1),
    info('heap at the end, MB', heap.megabytes.at(-1) ?? 0),
    limit('event to screen, ms, p95', quantile(delays, 0.95), '≤ 300', quantile(delays, 0.95) <= 300),
    info('event to screen, ms, p50', quantile(delays, 0.5)),
    limit('first useful paint, ms, p50', quantile(paints, 0.5), '≤ 1000', quantile(paints, 0.5) <= 1_000),
    limit('first load, kB of gzipped JavaScript', gzipped / 1_000, '≤ 350', gzipped <= 350_000),
    info('events a second', run.eventsPerSecond),
  ];
}

function limit(what: string, is: number, wanted: string, met: boolean) {
  return { what, is: Number(is.toFixed(2)), wanted, met: met ? 'yes' : 'NO' };
}

function info(what: string, is: number) {
  return { what, is: Number(is.toFixed(2)), wanted: '', met: '' };
}

/** NaN where nothing was measured: no limit is met by it. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
