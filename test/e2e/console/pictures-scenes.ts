import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { OpenedConsole } from './console.ts';
import { fillCatalog } from './pictures-world.ts';
import type { Scene } from './scenes.ts';

const drawn = (page: Page) => page.locator('[role=gridcell] img[data-loaded]').nth(5).waitFor();

async function openFirst(page: Page): Promise<void> {
  await drawn(page);
  await page.getByRole('gridcell').first().click();
  await page.getByRole('dialog').locator('img[data-loaded]').waitFor();
}

/** What the scene before has left, where the page has stayed. */
export async function clearSelection(page: Page): Promise<void> {
  if (!(await page.getByText(/ selected$/).isVisible())) return;
  // Before it may stand the one that clears the filters.
  await page.getByRole('button', { name: 'Clear', exact: true }).last().click();
}

/** A search by the first picture of the catalog. */
async function findSimilar(page: Page): Promise<void> {
  await openFirst(page);
  await page.getByRole('dialog').getByRole('link', { name: 'Find similar' }).click();
  await page.getByRole('grid', { name: 'Pictures found' }).waitFor();
  await drawn(page);
}

async function compareThree(page: Page): Promise<void> {
  await drawn(page);
  await clearSelection(page);
  await page.getByRole('grid').focus();
  for (const key of [' ', 'ArrowRight', ' ', 'ArrowRight', ' ']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Compare (3)' }).click();
  await page.getByRole('dialog').locator('img[data-loaded]').nth(2).waitFor();
}

async function askToRemoveAll(page: Page): Promise<void> {
  await drawn(page);
  await clearSelection(page);
  await page.getByRole('grid').focus();
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: /^Select all .+ that match$/ }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor();
}

export const PICTURES_SCENES: readonly Scene[] = [
  { name: 'overview', path: '/overview' },
  { name: 'catalog', path: '/catalog', ready: drawn },
  { name: 'catalog-list', path: '/catalog?view=list', ready: drawn },
  { name: 'catalog-filtered', path: '/catalog?format=png&folder=/photos/shoot-1', ready: drawn },
  { name: 'catalog-selected', path: '/catalog?product=P-001,P-002&width=small', ready: askToRemoveAll },
  { name: 'catalog-drawer', path: '/catalog', ready: openFirst },
  { name: 'catalog-compare', path: '/catalog?format=webp', ready: compareThree },
  { name: 'search', path: '/search' },
  { name: 'search-picture', path: '/catalog', ready: findSimilar },
  { name: 'search-words', path: '/search?text=chair&format=png', ready: drawn },
  { name: 'search-nothing', path: '/search?text=zebra' },
];

/** A catalog of 100,000 pictures, of which only the samples are different. */
export async function fillWithSamples({ dataDir }: OpenedConsole, samples: string): Promise<void> {
  const found = await readdir(samples, { recursive: true });
  const files = found.filter((name) => /\.(png|jpg|webp)$/.test(name)).toSorted();
  await fillCatalog(
    dataDir,
    100_000,
    files.map((name) => join(samples, name)),
  );
}
