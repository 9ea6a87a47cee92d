import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, it, vi } from 'vitest';
import { plantDuplicates } from '../../support/planted-duplicates.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { enterOn, tabTo } from './by-keyboard.ts';
import { openConsole, settled, type OpenedConsole } from './console.ts';
import { PAGES } from './scenes.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

it('does on every page what the page is for, with the keyboard alone', TEST, async () => {
  const folder = join(await tempDir(), 'pictures');
  await plantDuplicates(folder);
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', folder, '--log-level', 'debug'] });
  await importFolder(console, folder);
  for (const [name, act] of Object.entries(ACTS)) {
    await goByPalette(console.page, name);
    await act(console);
  }
  expect(
    Object.keys(ACTS)
      .map((name) => name.toLowerCase())
      .toSorted(),
  ).toEqual(PAGES.toSorted());
});

const dialog = (page: Page) => page.getByRole('dialog');

/** Opens what the grid has in front, and closes it again. */
async function openFirst(page: Page, gridName: string): Promise<void> {
  await tabTo(page, page.getByRole('grid', { name: gridName }));
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
}

async function goByPalette(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  // Shown first, and given the keys a moment later.
  await page.locator('input[placeholder^="Go to a page"]:focus').waitFor();
  await page.keyboard.type(name);
  await page.locator('[data-selected]').getByText(name, { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  await settled(page);
}

/** From an empty console: what a first visit does. */
async function importFolder({ page, ask }: OpenedConsole, folder: string): Promise<void> {
  await enterOn(page, page.getByRole('link', { name: 'Go to Imports' }));
  const list = page.getByRole('listbox');
  await page.getByRole('option', { name: basename(folder), exact: false }).waitFor();
  await enterOn(page, list);
  await enterOn(page, page.getByRole('button', { name: 'Skip' }));
  await enterOn(page, page.getByRole('link', { name: 'Import pictures' }));
  await page.getByRole('option', { name: basename(folder), exact: false }).waitFor();
  await enterOn(page, list);
  await enterOn(page, page.getByRole('button', { name: 'Import pictures', exact: true }));
  await page.getByRole('heading', { name: basename(folder), level: 1 }).waitFor();
  await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: { state: string }[] }>('/imports');
    expect(imports.map(({ state }) => state)).toEqual(['completed']);
  }, WAIT);
}

const ACTS: Record<string, (console: OpenedConsole) => Promise<void>> = {
  async Overview({ page }) {
    await tabTo(page, page.getByRole('radio', { name: '1 h', exact: true }));
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/range=24h/);
    await enterOn(page, page.getByRole('link', { name: /^Completed/ }));
    await page.waitForURL(/#\/tasks\?state=completed/);
  },
  async Imports({ page, ask }) {
    await tabTo(page, page.getByRole('grid'));
    await page.keyboard.press('Enter');
    await enterOn(page, page.getByRole('button', { name: 'Run again' }));
    await vi.waitFor(async () => {
      const { imports } = await ask<{ imports: { state: string }[] }>('/imports');
      expect(imports.map(({ state }) => state)).toEqual(['completed', 'completed']);
    }, WAIT);
  },
  async Sources({ page }) {
    await tabTo(page, page.getByRole('grid'));
    await page.keyboard.press('Enter');
    await enterOn(page, dialog(page).getByRole('button', { name: 'Verify' }));
    await dialog(page)
      .getByText(/were compared/)
      .waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
  },
  async Tasks({ page }) {
    await enterOn(page, page.getByRole('navigation', { name: 'States' }).getByRole('link', { name: /^Completed/ }));
    await page.waitForURL(/state=completed/);
    await page.getByRole('row').nth(1).waitFor();
    await tabTo(page, page.getByRole('grid'));
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('Time by stage').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
  },
  async Workers({ page, ask }) {
    await tabTo(page, page.getByLabel('Number of workers'));
    await page.keyboard.press('Control+a');
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await vi.waitFor(async () => {
      const { workers } = await ask<{ workers: { phase: string }[] }>('/fleet');
      expect(workers.map(({ phase }) => phase)).toEqual(['running', 'running']);
    }, WAIT);
    await openFirst(page, 'Workers');
  },
  async Search({ page }) {
    await tabTo(page, page.getByLabel('Words', { exact: true }));
    await page.keyboard.type('mug');
    await page.keyboard.press('Enter');
    await page.getByRole('gridcell').first().waitFor();
    await openFirst(page, 'Pictures found');
  },
  async Duplicates({ page }) {
    await enterOn(page, page.getByRole('button', { name: 'Look for duplicates' }));
    await page.getByRole('gridcell').first().waitFor();
    await openFirst(page, 'Groups of duplicates');
  },
  async Catalog({ page }) {
    await page.getByRole('gridcell').first().waitFor();
    await openFirst(page, 'Pictures of the catalog');
  },
  async Logs({ page }) {
    await tabTo(page, page.getByRole('combobox', { name: 'Least level' }));
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'From debug' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/level=debug/);
    await page.getByRole('row').nth(1).waitFor();
    await openFirst(page, 'Log lines');
  },
  async Settings({ page, ask }) {
    await enterOn(
      page,
      page.getByRole('navigation', { name: 'Groups of settings' }).getByRole('link', { name: /Limits/ }),
    );
    await tabTo(page, page.getByRole('textbox', { name: 'limits.decodeMs', exact: true }));
    await page.keyboard.press('Control+a');
    await page.keyboard.type('45000');
    await enterOn(page, page.getByRole('button', { name: 'Save' }));
    await page.getByText('1 setting saved').waitFor();
    const { settings } = await ask<{ settings: Record<string, { next: unknown }> }>('/settings');
    expect(settings['limits.decodeMs']!.next).toBe(45_000);
  },
};
