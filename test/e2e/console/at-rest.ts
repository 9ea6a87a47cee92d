import type { Locator, Page } from '@playwright/test';
import { expect, vi } from 'vitest';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { OPEN_STATES, TASK_STATES } from '../../../src-core/domain/task.ts';
import { formatCount, formatPercent } from '../../../src-renderer/lib/format.ts';
import { OVERVIEW } from '../../../src-renderer/texts/overview.ts';
import { SHELL } from '../../../src-renderer/texts/shell.ts';
import { TASK_STATE_TEXTS } from '../../../src-renderer/texts/states.ts';
import { TASKS } from '../../../src-renderer/texts/tasks.ts';
import { WORKERS } from '../../../src-renderer/texts/workers.ts';

const WAIT = { timeout: 20_000, interval: 50 };

type Ask = <T>(path: string) => Promise<T>;

/** Waits until the numbers on the screen are those of the API, where nothing runs that would change them. */
export async function expectNumbersOfApi(page: Page, ask: Ask): Promise<void> {
  await vi.waitFor(async () => {
    const stats = await ask<StatsDocument>('/queue/stats');
    if (!isAtRest(stats)) return;
    expect(await readHeader(page)).toEqual(headerOf(stats));
    await expectPage(page, stats, ask);
  }, WAIT);
}

function isAtRest({ counts, paused, workers }: StatsDocument): boolean {
  return counts.active === 0 && (paused || workers.online === 0 || counts.waiting + counts.delayed === 0);
}

const { header } = SHELL;
const openOf = ({ counts }: StatsDocument): number => OPEN_STATES.reduce((sum, state) => sum + counts[state], 0);

function headerOf(stats: StatsDocument): Record<string, string> {
  const { busy, online } = stats.workers;
  return {
    [header.depth]: formatCount(openOf(stats)),
    [header.busy]: header.workersOf(formatCount(busy), formatCount(online)),
    [header.limit]: limitOf(stats),
    'limit in words': stats.limited_by.text,
    pause: stats.paused ? header.resumeShort : header.pauseShort,
  };
}

/** Where the fleet works, also how far it is from what this machine can do. */
export function limitOf({ limited_by: { limit, share } }: StatsDocument): string {
  const isAtWork = ['reading', 'decoding', 'inference', 'store', 'queue'].includes(limit);
  return `${header.limits[limit]}${isAtWork ? `, ${formatPercent(share)}` : ''}`;
}

// By CSS: what stands behind an open dialog has no role.
export function fact(page: Page, name: string): Locator {
  return page.locator(`dl[aria-label="${header.status}"] > div`, { has: page.locator('dt', { hasText: name }) });
}

async function readHeader(page: Page): Promise<Record<string, string>> {
  const read = async (name: string) => [name, await fact(page, name).locator('dd').innerText()] as const;
  return {
    ...Object.fromEntries(await Promise.all([header.depth, header.busy, header.limit].map(read))),
    'limit in words': (await fact(page, header.limit).locator('[title]').getAttribute('title')) ?? '',
    pause: await page
      .locator(`header button[title="${header.pause}"], header button[title="${header.resume}"]`)
      .innerText(),
  };
}

/** The texts of the links of this page that count something, those that must be among them: name, number and note. */
const COUNTING: Record<string, { links: string; wanted(stats: StatsDocument, ask: Ask): Promise<string[]> }> = {
  '#/overview': {
    links: 'main li a[href]',
    async wanted({ counts }, ask) {
      const { catalogs } = await ask<{ catalogs: { images: number }[] }>('/catalogs');
      const pictures = catalogs.reduce((sum, { images }) => sum + images, 0);
      const { tiles, catalogCount } = OVERVIEW;
      const inCatalogs = tiles.catalogs(catalogCount(catalogs.length, formatCount(catalogs.length)));
      const states = (['waiting', 'active', 'delayed', 'completed', 'failed'] as const).map(
        (state) => `${tiles[state]}${formatCount(counts[state])}`,
      );
      return [...states, `${tiles.pictures}${formatCount(pictures)}${inCatalogs}`];
    },
  },
  '#/tasks': {
    links: `nav[aria-label="${TASKS.tabs.label}"] a`,
    wanted: async ({ counts }) => TASK_STATES.map((state) => `${TASK_STATE_TEXTS[state]}${formatCount(counts[state])}`),
  },
  '#/workers': {
    links: `nav[aria-label="${WORKERS.views.label}"] a`,
    async wanted({ workers }) {
      const views = { all: workers.online + workers.lost, ...workers };
      return Object.entries(views).map(([view, count]) => `${WORKERS.views[view as 'all']}${formatCount(count)}`);
    },
  },
};

async function expectPage(page: Page, stats: StatsDocument, ask: Ask): Promise<void> {
  const [path, filters] = new URL(page.url()).hash.split('?');
  const counting = COUNTING[path!];
  if (!counting || filters || stats.totals.enqueued === 0) return;
  const shown = await page.locator(counting.links).allTextContents();
  expect(shown).toEqual(expect.arrayContaining(await counting.wanted(stats, ask)));
}
