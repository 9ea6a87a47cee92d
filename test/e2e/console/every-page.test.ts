import type { Page } from '@playwright/test';
import { expect, it, vi } from 'vitest';
import { notReached } from './by-keyboard.ts';
import { expectNoViolations, goTo, openConsole } from './console.ts';
import { importSamples, PAGES, SAMPLES } from './scenes.ts';

const TEST = { timeout: 300_000 };
const WAIT = { timeout: 30_000, interval: 50 };
const SIZES = [
  { width: 1_440, height: 900, schemes: ['dark', 'light'] },
  // Colours are the same at every size.
  { width: 1_024, height: 700, schemes: ['dark'] },
] as const;

it(
  'shows every page in both themes and sizes without a violation, all of it to the keyboard, and filters by address',
  TEST,
  async () => {
    const console = await openConsole({ args: ['--workers', '1', '--allow-root', SAMPLES] });
    await importSamples(console);
    const { page } = console;
    for (const name of PAGES) {
      await goTo(page, `/${name}`);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await expectNoViolations(page, size.schemes);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect({ name, size, wide }).toEqual({ name, size, wide: 0 });
      }
      expect({ name, left: await notReached(page) }).toEqual({ name, left: [] });
    }
    await keepsFilters(page);
  },
);

/** Addresses with filters of their own, and how a page that is opened with one shows them. */
const FILTERED: readonly (readonly [path: string, shows: (page: Page) => Promise<unknown>])[] = [
  ['/overview?range=24h', (page) => expectChecked(page, '24 h')],
  ['/workers?view=busy&text=studio&sort=cpu&order=desc', expectWorkers],
  ['/logs?level=warn&proc=finder&worker=studio-7&of=task-1&text=disk', expectLogs],
  ['/settings?text=memory', (page) => expectValue(page, 'Name or description', 'memory')],
  ['/tasks?state=failed&code=FILE_NOT_FOUND&worker_id=studio-7&catalog=default&text=boots', expectTasks],
];

/** Every filter is in the address: it comes from there, and comes back on the way back. */
async function keepsFilters(page: Page): Promise<void> {
  for (const [path, shows] of FILTERED) {
    await goTo(page, path);
    await shows(page);
  }
  for (const [path, shows] of FILTERED.slice(0, -1).toReversed()) {
    await page.goBack();
    await page.waitForURL((url) => url.hash === `#${path}`);
    await shows(page);
  }
}

async function expectValue(page: Page, label: string, value: string): Promise<void> {
  const field = page.locator('main').getByLabel(label, { exact: true }).first();
  await vi.waitFor(async () => expect(await field.inputValue()).toBe(value), WAIT);
}

async function expectChecked(page: Page, name: string): Promise<void> {
  await vi.waitFor(
    async () => expect(await page.getByRole('radio', { name, exact: true }).isChecked()).toBe(true),
    WAIT,
  );
}

async function expectWorkers(page: Page): Promise<void> {
  await page.locator('a[aria-current]', { hasText: 'Busy' }).waitFor();
  await expectValue(page, 'Name, host or tag', 'studio');
  await page.locator('[role=columnheader][aria-sort=descending]', { hasText: 'CPU' }).waitFor();
}

async function expectLogs(page: Page): Promise<void> {
  await expectValue(page, 'Least level', 'From warning');
  await expectValue(page, 'Process', 'finder');
  await expectValue(page, 'Worker', 'studio-7');
  await expectValue(page, 'Task, import or request', 'task-1');
  await expectValue(page, 'Text in the line', 'disk');
}

async function expectTasks(page: Page): Promise<void> {
  await page.locator('a[aria-current]', { hasText: 'Failed' }).waitFor();
  await page.locator('main').getByText('FILE_NOT_FOUND', { exact: true }).first().waitFor();
  await expectValue(page, 'Worker', 'studio-7');
  await expectValue(page, 'Catalog', 'default');
  await expectValue(page, 'Part of the path', 'boots');
}
