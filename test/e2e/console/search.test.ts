import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import type { SearchAnswer } from '../../../src-core/contract/search.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, goTo, openConsole, type OpenedConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };
const SAMPLES = resolve(import.meta.dirname, '../../../resources/samples');

/** Sample pictures, and one that nearly is one of them: smaller, and saved with more loss. */
async function makeFolder(): Promise<string> {
  const folder = join(await tempDir(), 'pictures');
  await mkdir(join(folder, 'furniture'), { recursive: true });
  await mkdir(join(folder, 'kitchen'));
  for (const name of ['furniture/chair-blue.png', 'furniture/chair-green.jpg', 'furniture/lamp-blue.jpg']) {
    await copyFile(join(SAMPLES, name), join(folder, name));
  }
  for (const name of ['kitchen/mug-red.jpg', 'kitchen/mug-blue.jpg', 'kitchen/bottle-red.jpg']) {
    await copyFile(join(SAMPLES, name), join(folder, name));
  }
  await sharp(join(SAMPLES, 'furniture/lamp-green.jpg'))
    .resize(300)
    .jpeg({ quality: 40 })
    .toFile(join(folder, 'furniture/planted-copy.jpg'));
  return folder;
}

async function openIndexed() {
  const folder = await makeFolder();
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', folder], path: '/search' });
  expect((await console.post('/imports', { path: folder })).status).toBe(201);
  await vi.waitFor(async () => {
    const { imports } = await console.ask<{ imports: { state: string }[] }>('/imports');
    expect(imports.map(({ state }) => state)).toEqual(['completed']);
  }, WAIT);
  const { images } = await console.ask<{ images: { image_id: string; path: string }[] }>('/images');
  const idOf = (name: string): string => images.find(({ path }) => basename(path) === name)!.image_id;
  await console.page.getByLabel('Words', { exact: true }).waitFor();
  return { ...console, folder, idOf };
}

type Indexed = Awaited<ReturnType<typeof openIndexed>>;

async function expectNoViolationsInBoth(page: Page): Promise<void> {
  await expectNoViolations(page);
}

/** Names of the hits, in their order. */
async function shown(page: Page): Promise<string[]> {
  return page
    .getByRole('grid', { name: 'Pictures found' })
    .getByRole('gridcell')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title')!.split('/').at(-1)!));
}

/** The page shows what the API answers, score by score. */
async function expectAnswer({ page, post }: OpenedConsole, request: object): Promise<string[]> {
  const response = await post('/search', { limit: 60, catalog: 'default', ...request });
  expect(response.status).toBe(200);
  const { results } = (await response.json()) as SearchAnswer;
  const names = results.map(({ path }) => basename(path));
  await vi.waitFor(async () => expect(await shown(page)).toEqual(names), WAIT);
  const text = await page.getByRole('grid', { name: 'Pictures found' }).innerText();
  for (const { score } of results) expect(text).toContain(score.toFixed(3));
  expect(await page.getByRole('status').first().innerText()).toContain(`${results.length} picture`);
  return names;
}

it('finds by words and by stored pictures, with filters, by keyboard alone', TEST, async () => {
  const console = await openIndexed();
  await findByWordsAndLikes(console);
  await cutOut(console);
  await narrow(console);
  await workByKeyboard(console);
  await expectNoViolations(console.page);
});

async function findByWordsAndLikes(console: Indexed): Promise<void> {
  const { page, idOf } = console;

  await page.getByLabel('Words', { exact: true }).fill('chair');
  await page.waitForURL(/#\/search\?text=chair$/);
  expect(await expectAnswer(console, { text: 'chair' })).toHaveLength(2);

  const image = idOf('chair-blue.png');
  await goTo(page, `/search?image=${image}`);
  const before = await expectAnswer(console, { image_id: image });
  expect(before).toHaveLength(6);

  // Liked and disliked by key: the order is that of the API.
  const grid = page.getByRole('grid', { name: 'Pictures found' });
  await grid.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('+');
  const [liked, unliked] = [idOf(before.at(-1)!), idOf(before[0]!)];
  await page.waitForURL(new RegExp(`like=${liked}`));
  await expectAnswer(console, { image_id: image, like: [{ image_id: liked }] });
  await goTo(page, `/search?image=${image}&like=${liked}&unlike=${unliked}`);
  const after = await expectAnswer(console, {
    image_id: image,
    like: [{ image_id: liked }],
    unlike: [{ image_id: unliked }],
  });
  expect(after).not.toEqual(before);
  await expectNoViolationsInBoth(page);
  await page.getByRole('list', { name: 'More like' }).getByRole('button').click();
  await expectAnswer(console, { image_id: image, unlike: [{ image_id: unliked }] });
  await page.getByRole('button', { name: 'Start again' }).click();
  await page.getByRole('heading', { name: 'Search by a picture or by words' }).waitFor();
  expect(new URL(page.url()).hash).toBe('#/search');
}

it('finds a planted near-duplicate first, by a chosen and by a pasted picture', TEST, async () => {
  const { page } = await openIndexed();
  const wanted = join(SAMPLES, 'furniture/lamp-green.jpg');
  await page.locator('input[type=file]').setInputFiles(wanted);
  await vi.waitFor(async () => expect((await shown(page))[0]).toBe('planted-copy.jpg'), WAIT);
  await page.getByText('lamp-green.jpg, from this computer').waitFor();
  expect(await page.getByRole('button', { name: 'Choose a picture' }).locator('img').evaluate(isDrawn)).toBe(true);

  // Dislikes count beside an uploaded picture too.
  const second = (await shown(page))[1]!;
  await page.getByRole('grid', { name: 'Pictures found' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('-');
  await page.getByRole('list', { name: 'Less like' }).getByText(second).waitFor();
  await vi.waitFor(async () => expect(await shown(page)).not.toContain(second), WAIT);

  await page.getByRole('button', { name: 'Start again' }).click();
  const bytes = [...(await readFile(join(SAMPLES, 'kitchen/mug-red.jpg')))];
  await page.evaluate(pastePicture, bytes);
  await page.getByText('pasted.jpg, from this computer').waitFor();
  await vi.waitFor(async () => expect((await shown(page))[0]).toBe('mug-red.jpg'), WAIT);
  expect(await page.getByRole('gridcell').first().innerText()).toContain('1.000');

  // A stored one takes its place.
  await page.getByRole('gridcell').nth(1).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Find similar' }).click();
  await page.waitForURL(/image=/);
  await page.getByText('pasted.jpg, from this computer').waitFor({ state: 'detached' });
});

/** A part of the picture is searched for: the API answers the same for it. */
async function cutOut(console: Indexed): Promise<void> {
  const { page, idOf } = console;
  const image = idOf('mug-red.jpg');
  await goTo(page, `/search?image=${image}`);
  await expectAnswer(console, { image_id: image });
  await page.getByRole('button', { name: 'Cut out a part' }).click();
  const dialog = page.getByRole('dialog', { name: 'Search for a part of the picture' });
  const whole = dialog.getByRole('img', { name: 'The whole picture' });
  await vi.waitFor(async () => expect(await whole.evaluate(isDrawn)).toBe(true), WAIT);
  // It waits until the dialog has come to rest; the corner is outside of the part that is chosen at first.
  await whole.hover({ position: { x: 4, y: 4 } });
  const { x, y, width, height } = (await whole.boundingBox())!;
  await page.mouse.move(x + width * 0.2, y + height * 0.1);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.7, y + height * 0.5, { steps: 3 });
  await page.mouse.up();
  const part = dialog.getByRole('group', { name: 'Part, 50% of the width and 40% of the height' });
  await part.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await dialog.getByRole('group', { name: 'Part, 50% of the width and 42% of the height' }).waitFor();
  await dialog.getByRole('button', { name: 'Search for this part' }).click();
  await page.waitForURL(/region=/);
  const [left, top, wide, high] = /region=([\d.,]+)/.exec(page.url())![1]!.split(',').map(Number);
  expect([left!.toFixed(1), top!.toFixed(1), wide!.toFixed(1), high!.toFixed(1)]).toEqual(['0.2', '0.1', '0.5', '0.4']);
  await expectAnswer(console, { image_id: image, region: { x: left, y: top, width: wide, height: high } });
  await page.getByRole('button', { name: 'Start again' }).click();
}

/** Every filter is in the address, and the way back leads over it. */
async function narrow(console: Indexed): Promise<void> {
  const { page, folder, idOf } = console;
  const image = idOf('chair-blue.png');
  await goTo(page, `/search?image=${image}`);
  await expectAnswer(console, { image_id: image });
  const jpeg = page.getByRole('checkbox', { name: 'jpeg' });
  const { facets } = await console.ask<{ facets: { value: string; count: number }[] }>(
    '/catalogs/default/facets?field=format',
  );
  await jpeg.waitFor();
  expect(await page.getByRole('group', { name: 'Format' }).getByRole('checkbox').count()).toBe(facets.length);
  for (const { value, count } of facets) {
    const name = page.locator('label', { has: page.getByRole('checkbox', { name: value }) });
    expect(await name.locator('data').innerText()).toBe(String(count));
  }
  await jpeg.check();
  await page.waitForURL(/format=jpeg/);
  await expectAnswer(console, { image_id: image, filter: ['format=jpeg'] });
  await page.getByRole('combobox', { name: 'Folder' }).fill(join(folder, 'kitchen'));
  await page.waitForURL(/folder=/);
  const filter = ['format=jpeg', `folder=${join(folder, 'kitchen')}`];
  expect(await expectAnswer(console, { image_id: image, filter })).toHaveLength(3);

  const slider = page.getByRole('slider', { name: 'Minimum score' });
  await slider.focus();
  for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowRight');
  await page.waitForURL(/min_score=0.03/);
  await expectAnswer(console, { image_id: image, filter, min_score: 0.03 });
  await page.reload();
  await expectAnswer(console, { image_id: image, filter, min_score: 0.03 });
  expect(await jpeg.isChecked()).toBe(true);

  await goTo(page, `/search?image=${image}`);
  await jpeg.check();
  await page.waitForURL(/format=jpeg/);
  await page.goBack();
  await expectAnswer(console, { image_id: image });
  expect(await jpeg.isChecked()).toBe(false);
  await page.getByRole('button', { name: 'Start again' }).click();
}

/** Search, open, compare. */
async function workByKeyboard(console: Indexed): Promise<void> {
  const { page, idOf } = console;
  await page.getByLabel('Words', { exact: true }).focus();
  await page.keyboard.type('mug');
  await page.keyboard.press('Enter');
  const names = await expectAnswer(console, { text: 'mug' });
  const grid = page.getByRole('grid', { name: 'Pictures found' });
  for (let n = 0; n < 60 && !(await grid.evaluate((element) => element === document.activeElement)); n++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press(' ');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: names[1]! });
  await drawer.waitFor();
  await page.waitForURL(new RegExp(`open=${idOf(names[1]!)}`));
  await drawer.getByText(idOf(names[1]!), { exact: true }).waitFor();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  expect(await grid.evaluate((element) => element === document.activeElement)).toBe(true);

  await page.getByRole('button', { name: 'Compare (2)' }).press('Enter');
  const compare = page.getByRole('dialog', { name: 'Compare 2 pictures' });
  await compare.waitFor();
  await page.waitForURL(new RegExp(`compare=${idOf(names[0]!)},${idOf(names[1]!)}`));
  await compare.getByRole('rowheader', { name: 'SHA-256' }).waitFor();
  expect(await compare.getByRole('rowheader', { name: 'Format' }).count()).toBe(0);
  await compare.getByRole('checkbox', { name: 'Only what differs' }).press(' ');
  await compare.getByRole('rowheader', { name: 'Format' }).waitFor();
  await expectNoViolationsInBoth(page);
}

function isDrawn(image: SVGElement | HTMLElement): boolean {
  return (image as HTMLImageElement).naturalWidth > 0;
}

/** In the page: what the browser tells when a copied picture is pasted. */
function pastePicture(bytes: number[]): void {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], 'pasted.jpg', { type: 'image/jpeg' }));
  document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
}
