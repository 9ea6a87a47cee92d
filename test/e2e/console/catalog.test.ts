import { cp, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import type { SearchAnswer } from '../../../src-core/contract/search.ts';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { installTwoTowers } from '../../support/two-tower-model.ts';
import { expectNoViolations, goTo, openConsole, type OpenedConsole } from './console.ts';
import { fillCatalog } from './pictures-world.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };
const SAMPLES = resolve(import.meta.dirname, '../../../resources/samples');
const MANY = 5_000;

interface Images {
  images: {
    image_id: string;
    path: string;
    file_name: string;
    format: 'png' | 'jpeg' | 'webp';
    content_hash: string;
  }[];
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

  await page.getByRole('textbox', { name: 'Path of a folder' }).fill('/photos/shoot-3');
  await page.waitForURL(/folder=/);
  await page.getByText('500 of 5,000 pictures', { exact: true }).waitFor();
  await page.getByRole('checkbox', { name: 'P-001' }).check();
  await page.waitForURL(/product=P-001/);
  const filter = new URLSearchParams([
    ['filter', 'folder=/photos/shoot-3'],
    ['filter', 'product_id=P-001'],
  ]);
  const { images } = await ask<Images>(`/images?${filter}`);
  expect(images.length).toBeGreaterThan(1);
  await page.getByText(`${images.length} of 5,000 pictures`, { exact: true }).waitFor();
  await page.reload();
  await page.getByText(`${images.length} of 5,000 pictures`, { exact: true }).waitFor();

  // Everything that matches: the question names the number, and nothing else goes.
  await goTo(page, '/catalog?product=P-001,P-002,P-003,P-004');
  const total = 4 * Math.ceil(MANY / 300);
  await page.getByText(`${total} of 5,000 pictures`, { exact: true }).waitFor();
  await grid(page).focus();
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: `Select all ${total} that match` }).press('Enter');
  await page.getByText(`All ${total} selected`, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  const question = page.getByRole('dialog', { name: `Remove ${total} pictures from the index?` });
  await question.getByRole('button', { name: 'Cancel' }).waitFor();
  await expectNoViolations(page);
  await question.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await question.waitFor({ state: 'hidden' });
  const left = MANY - total;
  await page.getByText(`0 of ${left.toLocaleString('en')} pictures`, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByText(`${left.toLocaleString('en')} pictures`, { exact: true }).waitFor();
  expect(await ask('/images/count')).toEqual({ total: left });
  expect(await ask('/images/count?filter=product_id%3DP-005')).toEqual({ total: total / 4 });
});

it('opens, removes and renames by keyboard alone', TEST, async () => {
  const folder = join(await tempDir(), 'samples');
  await cp(join(SAMPLES, 'furniture'), folder, { recursive: true });
  const dataDir = await tempDir();
  await installTwoTowers(join(dataDir, 'models'));
  const args = ['--workers', '1', '--allow-root', folder];
  const console = await openConsole({ dataDir, args, path: '/catalog' });
  const { page, post, ask } = console;
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

  // Files that do not look changed are read anew, those that are selected and no others.
  const [changed] = images;
  await changeUnseen(changed!.path, changed!.format);
  await grid(page).focus();
  for (const key of [' ', 'ArrowRight', ' ']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Index again' }).press('Enter');
  const again = page.getByRole('dialog', { name: 'Index 2 pictures again?' });
  await again.getByRole('button', { name: 'Index again' }).press('Enter');
  await page.getByText('2 pictures are indexed again, by an import').waitFor();
  await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: { state: string; skipped: number }[] }>('/imports');
    // One of both has the same bytes still.
    expect(imports).toMatchObject([{ state: 'completed', skipped: 9 }, { state: 'completed' }]);
  }, WAIT);
  const now = await ask<Images>('/images');
  const others = now.images.filter(({ content_hash }, n) => content_hash !== images[n]!.content_hash);
  expect(others.map(({ path }) => path)).toEqual([changed!.path]);

  await grid(page).focus();
  await page.keyboard.press('Home');
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
  await changeModel(console, folder, images[0]!);

  await page.getByRole('button', { name: 'Catalog' }).press('Enter');
  await page.getByRole('menuitem', { name: 'New catalog' }).press('Enter');
  await page.getByLabel('Name', { exact: true }).fill('shoes');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'This catalog is empty' }).waitFor();

  // A task that waits goes with its catalog, and is said.
  const before = 'furniture (default-160)';
  expect((await post('/queue/pause', {})).status).toBe(200);
  const waiting = { image_path: second!.path, task_id: 'waits', catalog: before };
  expect((await post('/queue/enqueue', waiting)).status).toBe(200);
  await goTo(page, `/catalog?catalog=${encodeURIComponent(before)}`);
  await page.getByRole('button', { name: 'Catalog' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
  const remove = page.getByRole('dialog', { name: `Delete “${before}”?` });
  const confirm = remove.getByRole('button', { name: 'Delete with 11 pictures' });
  await remove.getByText('1 task that waits or runs is cancelled.').waitFor();
  expect(await confirm.isDisabled()).toBe(true);
  await expectNoViolations(page);
  await remove.getByLabel(`Type “${before}” to confirm`).fill(before);
  await page.keyboard.press('Enter');
  await remove.waitFor({ state: 'hidden' });
  await page.getByText('11 pictures', { exact: true }).waitFor();
  expect((await ask<Catalogs>('/catalogs')).catalogs).toMatchObject([
    { name: 'furniture', model: 'two-towers', images: 11 },
    { name: 'shoes', images: 0 },
  ]);
  expect(await ask('/queue/status/waits')).toMatchObject({ status: 'cancelled' });
});

/** While an import feeds the catalog, it is searched by the old vectors; when that has ended, by those of the other model. */
async function changeModel({ page, post, ask }: OpenedConsole, folder: string, liked: Images['images'][number]) {
  const modelsOf = async () => (await ask<Catalogs>('/catalogs')).catalogs.map(({ model, images }) => [model, images]);
  async function expectFoundBy(model: string): Promise<void> {
    await goTo(page, `/search?catalog=furniture&image=${liked.image_id}`);
    const response = await post('/search', { catalog: 'furniture', image_id: liked.image_id, limit: 60 });
    const { results, ...answer } = (await response.json()) as SearchAnswer;
    expect(answer.model).toBe(model);
    const found = page.getByRole('grid', { name: 'Pictures found' });
    await vi.waitFor(async () => {
      const text = await found.innerText();
      for (const { score } of results) expect(text).toContain(score.toFixed(3));
      expect(await titlesIn(found)).toEqual(results.map(({ path }) => path));
    }, WAIT);
  }

  expect((await post('/queue/pause', {})).status).toBe(200);
  await makePictures(join(folder, 'more'), 2);
  expect((await post('/imports', { path: join(folder, 'more'), catalog: 'furniture' })).status).toBe(201);
  await page.getByRole('button', { name: 'Catalog' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Use another model' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Another model for “furniture”' });
  await dialog.getByRole('combobox', { name: 'Model' }).press('ArrowDown');
  await page.getByRole('option', { name: 'two-towers' }).waitFor();
  await page.keyboard.press('Enter');
  await expectNoViolations(page);
  await dialog.getByRole('button', { name: 'Start' }).press('Enter');
  const progress = page.getByRole('region', { name: 'On the way to two-towers' });
  await progress.getByText('waits for imports and tasks to end · 9 of 9').waitFor();
  expect(await ask('/catalogs/furniture/re-embedding')).toMatchObject({
    state: 'waiting',
    total: 9,
    done: 9,
    failed: 0,
  });
  await expectNoViolations(page);
  expect(await modelsOf()).toEqual([['default-160', 9]]);
  await expectFoundBy('default-160');

  await goTo(page, '/catalog?catalog=furniture');
  await progress.waitFor();
  expect((await post('/queue/resume', {})).status).toBe(200);
  await page.getByText('“furniture” has the vectors of two-towers now').waitFor();
  await progress.waitFor({ state: 'hidden' });
  await page.getByText(/^two-towers/).waitFor();
  await page.getByText('11 pictures', { exact: true }).waitFor();
  expect(await modelsOf()).toEqual([
    ['two-towers', 11],
    ['default-160', 11],
  ]);
  await expectFoundBy('two-towers');
  await goTo(page, '/catalog?catalog=furniture');
}

/** Another picture in its file, of the same size and date. */
async function changeUnseen(path: string, format: 'png' | 'jpeg' | 'webp'): Promise<void> {
  const { size, atime, mtime } = await stat(path);
  const red = sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } });
  const bytes = Buffer.alloc(size);
  (await red.toFormat(format).toBuffer()).copy(bytes);
  await writeFile(path, bytes);
  await utimes(path, atime, mtime);
}

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

const titles = (page: Page) => titlesIn(grid(page));

async function titlesIn(found: Locator): Promise<(string | null)[]> {
  return found.getByRole('gridcell').evaluateAll((all) => all.map((cell) => cell.getAttribute('title')));
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
