import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { SHELL } from '../../../src-renderer/texts/shell.ts';
import { fact, limitOf } from './at-rest.ts';
import { goTo, openConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 20 };
const { header } = SHELL;

/** One worker takes long enough for it, on whatever machine. */
const COUNT = 1_500;
const EDGE_PX = 2_000;
/** How often numbers change while a page is watched. */
const TICKS = 3;

it('moves nothing while numbers tick, and says what limits the fleet', TEST, async () => {
  const folder = await tempDir();
  await makeLarge(folder, COUNT);
  const { page, post, ask } = await openConsole({ args: ['--workers', '1', '--allow-root', folder], path: '/tasks' });
  await page.evaluate(watchShifts);
  expect((await post('/imports', { path: folder })).status).toBe(201);
  await vi.waitFor(
    async () => expect((await ask<StatsDocument>('/queue/stats')).counts.completed).toBeGreaterThan(0),
    WAIT,
  );

  await vi.waitFor(async () => {
    const stats = await ask<StatsDocument>('/queue/stats');
    expect(await fact(page, header.limit).locator('dd').innerText()).toBe(limitOf(stats));
    expect(await fact(page, header.limit).locator('[title]').getAttribute('title')).toBe(stats.limited_by.text);
    expect(stats.limited_by.text).toMatch(/^\w+, \d+ % of what this machine can do/);
  }, WAIT);

  const { imports } = await ask<{ imports: { import_id: string }[] }>('/imports');
  const detail = `/imports?import=${imports[0]!.import_id}`;
  const moved: Record<string, string[]> = {};
  for (const path of ['/overview', '/imports', detail, '/tasks', '/workers', '/sources']) {
    await goTo(page, path);
    await tick(page);
    await page.evaluate(forgetShifts);
    for (let n = 0; n < TICKS; n++) await tick(page);
    const shifts = await page.evaluate(shiftsSeen);
    if (shifts.length > 0) moved[path] = shifts;
  }
  expect(moved).toEqual({});
  expect((await post('/queue/pause', {})).status).toBe(200);
  // Ends at rest: what the header says then is compared with the API.
  await vi.waitFor(async () => expect((await ask<StatsDocument>('/queue/stats')).counts.active).toBe(0), WAIT);
});

/** Large ones, no two with the same bytes: of such the second would cost nothing. */
async function makeLarge(folder: string, count: number): Promise<void> {
  const create = { width: EDGE_PX, height: EDGE_PX, channels: 3 as const, background: 'teal' };
  const bytes = await sharp({ create }).png().toBuffer();
  // What follows its end is no part of a PNG.
  for (let n = 0; n < count; n++)
    await writeFile(join(folder, `${n}.png`), Buffer.concat([bytes, Buffer.from(`${n}`)]));
}

/** Waits until the depth of the queue is told anew. */
async function tick(page: Page): Promise<void> {
  const depth = fact(page, header.depth).locator('dd');
  const before = await depth.innerText();
  await vi.waitFor(async () => expect(await depth.innerText()).not.toBe(before), WAIT);
}

type Watching = Window & { shifts: string[] };
/** One that a `layout-shift` names. */
interface Moved {
  node: Node | null;
  previousRect: DOMRectReadOnly;
  currentRect: DOMRectReadOnly;
}

/** In the page: what moves though nobody has touched anything. */
function watchShifts(): void {
  const watching = window as unknown as Watching;
  watching.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { sources } = entry as PerformanceEntry & { sources: Moved[] };
      // A number in a column that ends at the right grows to the left.
      const moved = sources.filter(
        ({ previousRect: from, currentRect: to }) => from.right !== to.right || from.top !== to.top,
      );
      for (const { node, previousRect, currentRect } of moved) {
        const [from, to] = [previousRect, currentRect].map(({ x, y, width }) => `${x},${y} (${width})`);
        watching.shifts.push(`${from} to ${to}: ${node?.parentElement?.outerHTML.slice(0, 400)}`);
      }
    }
  }).observe({ type: 'layout-shift' });
}

function forgetShifts(): void {
  (window as unknown as Watching).shifts.length = 0;
}

function shiftsSeen(): string[] {
  return (window as unknown as Watching).shifts;
}
