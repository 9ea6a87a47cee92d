import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, it, vi } from 'vitest';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, goTo, openConsole } from './console.ts';
import { fillCatalog } from './pictures-world.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };
const SAMPLES = resolve(import.meta.dirname, '../../../resources/samples');
const MANY = 5_000;

interface Images {
  images: { image_id: string; path: string; file_name: string }[];
}
interface Catalogs {
  catalogs: { name: string; images: number; model: string }[];
}

const grid = (page: Page) => page.getByRole('grid', { name: 'Pictures of the catalog' });
const cells = (page: Page) => grid(page).getByRole('gridcell');

it('scrolls through 5,000 pictures with few elements and few requests at once', TEST, async () => {
  const folder = join(await tempDir(), 'pictures');
  const dataDir = await tempDir();
  await fillCatalog(dataDir, MANY, await makePictures(folder, 60));
  const { page, ask } = await openConsole({
    dataDir,
    args: ['--workers', '0', '--allow-root', folder],
    path: '/catalog',
  });
  await page.evaluate(watchThumbnails);
  await cells(page).first().waitFor();
  await page.getByText('5,000 pictures', { exact: true }).waitFor();
  const all = await everyImage(ask);
  expect(all).toHaveLength(MANY);

  await grid(page).focus();
  let most = 0;
  const last = grid(page).locator(`[data-index="${MANY - 1}"]`);
  await vi.waitFor(async () => {
    await page.keyboard.press('End');
    most = Math.max(most, await cells(page).count());
    await last.waitFor({ timeout: 100 });
  }, WAIT);
  expect(await last.getAttribute('title')).toBe(all.at(-1)!.path);
  expect(most).toBeLessThan(120);
  await vi.waitFor(async () => expect(await last.locator('img[data-loaded]').count()).toBe(1), WAIT);
  const inFlight = await page.evaluate(() => (window as unknown as { mostThumbnails: number }).mostThumbnails);
  expect(inFlight).toBeGreaterThan(0);
  expect(inFlight).toBeLessThanOrEqual(12);

  await page.getByText('List', { exact: true }).click();
  await page.waitForURL(/view=list/);
  await grid(page).getByRole('row').nth(1).waitFor();
  expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(MANY + 1));
  await expectNoViolations(page);

  await page.getByRole('combobox', { name: 'Folder' }).fill('/photos/shoot-3');
  await page.waitForURL(/folder=/);
  await page.getByText('500 or more match', { exact: true }).waitFor();
  await page.getByRole('checkbox', { name: 'P-001' }).check();
  await page.waitForURL(/product=P-001/);
  const filter = new URLSearchParams([
    ['filter', 'folder=/photos/shoot-3'],
    ['filter', 'product_id=P-001'],
  ]);
  const { images } = await ask<Images>(`/images?${filter}`);
  expect(images.length).toBeGreaterThan(1);
  await page.getByText(`${images.length} match`, { exact: true }).waitFor();
  await page.reload();
  await page.getByText(`${images.length} match`, { exact: true }).waitFor();
});

it('opens, removes and renames by keyboard alone', TEST, async () => {
  const folder = join(await tempDir(), 'samples');
  await cp(join(SAMPLES, 'furniture'), folder, { recursive: true });
  const { page, post, ask } = await openConsole({ args: ['--workers', '1', '--allow-root', folder], path: '/catalog' });
  await page.getByRole('heading', { name: 'There is no catalog yet' }).waitFor();
  await expectNoViolations(page);
  expect((await post('/imports', { path: folder })).status).toBe(201);
  await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: { state: string }[] }>('/imports');
    expect(imports.map(({ state }) => state)).toEqual(['completed']);
  }, WAIT);
  // They come in while one looks on.
  await page.getByText('10 pictures', { exact: true }).waitFor();
  const { images } = await ask<Images>('/images');
  await vi.waitFor(async () => expect(await cells(page).count()).toBe(images.length), WAIT);
  expect(await titles(page)).toEqual(images.map(({ path }) => path));
  await expectNoViolations(page);

  await grid(page).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const [, second] = images;
  const drawer = page.getByRole('dialog', { name: second!.file_name });
  await drawer.getByText(second!.image_id, { exact: true }).waitFor();
  await expectNoViolations(page);
  await drawer.getByRole('button', { name: 'Remove from the index' }).press('Enter');
  const question = page.getByRole('dialog', { name: 'Remove 1 picture from the index?' });
  await question.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await drawer.waitFor({ state: 'hidden' });
  await page.getByText('9 pictures', { exact: true }).waitFor();
  await vi.waitFor(async () => expect(await titles(page)).not.toContain(second!.path), WAIT);
  expect((await ask<Images>('/images')).images.map(({ path }) => path)).toEqual(await titles(page));

  await page.getByRole('button', { name: 'Catalog' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  await page.getByLabel('New name').fill('furniture');
  await page.keyboard.press('Enter');
  await page.waitForURL(/catalog=furniture/);
  await page.getByText('9 pictures', { exact: true }).waitFor();
  expect((await ask<Catalogs>('/catalogs')).catalogs.map(({ name }) => name)).toEqual(['furniture']);

  await page.getByRole('button', { name: 'Catalog' }).press('Enter');
  await page.getByRole('menuitem', { name: 'New catalog' }).press('Enter');
  await page.getByLabel('Name', { exact: true }).fill('shoes');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'This catalog is empty' }).waitFor();

  // A task that waits goes with its catalog, and is said.
  expect((await post('/queue/pause', {})).status).toBe(200);
  const waiting = { image_path: second!.path, task_id: 'waits', catalog: 'furniture' };
  expect((await post('/queue/enqueue', waiting)).status).toBe(200);
  await goTo(page, '/catalog?catalog=furniture');
  await page.getByRole('button', { name: 'Catalog' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
  const remove = page.getByRole('dialog', { name: 'Delete “furniture”?' });
  const confirm = remove.getByRole('button', { name: 'Delete with 9 pictures' });
  await remove.getByText('1 task that waits or runs is cancelled.').waitFor();
  expect(await confirm.isDisabled()).toBe(true);
  await expectNoViolations(page);
  await remove.getByLabel('Type “furniture” to confirm').fill('furniture');
  await page.keyboard.press('Enter');
  await remove.waitFor({ state: 'hidden' });
  await page.getByRole('heading', { name: 'This catalog is empty' }).waitFor();
  expect((await ask<Catalogs>('/catalogs')).catalogs).toMatchObject([{ name: 'shoes', images: 0 }]);
  expect(await ask('/queue/status/waits')).toMatchObject({ status: 'cancelled' });
});

/** In the page: the most thumbnails that were asked for at once and had not come. */
function watchThumbnails(): void {
  const counted = window as unknown as { mostThumbnails: number };
  counted.mostThumbnails = 0;
  const observer = new MutationObserver(() => {
    const asked = document.querySelectorAll('img[src*="/thumbnail?"]:not([data-loaded])').length;
    counted.mostThumbnails = Math.max(counted.mostThumbnails, asked);
  });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['src'] });
}

async function titles(page: Page): Promise<(string | null)[]> {
  return cells(page).evaluateAll((found) => found.map((cell) => cell.getAttribute('title')));
}

async function everyImage(ask: <T>(path: string) => Promise<T>): Promise<Images['images']> {
  const found: Images['images'] = [];
  for (let after: string | null = ''; after !== null;) {
    const page: Images & { next: string | null } = await ask(`/images?limit=1000${after && `&after=${after}`}`);
    found.push(...page.images);
    after = page.next;
  }
  return found;
}
