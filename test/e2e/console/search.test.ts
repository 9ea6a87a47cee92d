import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import type { SearchAnswer } from '../../../src-core/contract/search.ts';
import { iim, IS_UTF8, withIptc } from '../../support/metadata.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { dragOver, expectNoViolations, goTo, openConsole, type OpenedConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };
const SAMPLES = resolve(import.meta.dirname, '../../../resources/samples');

/** Of the planted copy. A comma parts values, and must not part this one. */
const PRODUCT = 'LG-1, small';
const KEYWORD = 'on sale';

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
  const copy = await sharp(join(SAMPLES, 'furniture/lamp-green.jpg'))
    .resize(300)
    .withExif({ IFD2: { DateTimeOriginal: '2021:05:06 07:08:09' } })
    .jpeg({ quality: 40 })
    .toBuffer();
  await writeFile(join(folder, 'furniture/planted-copy.jpg'), withIptc(copy, iim(IS_UTF8, [2, 25, KEYWORD])));
  const manifest = `path,product_id\nfurniture/planted-copy.jpg,"${PRODUCT}"\nkitchen/mug-red.jpg,MUG\n`;
  await writeFile(join(folder, 'products.csv'), manifest);
  return folder;
}

async function openIndexed() {
  const folder = await makeFolder();
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', folder], path: '/search' });
  expect((await console.post('/imports', { path: folder, manifest: join(folder, 'products.csv') })).status).toBe(201);
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
  await expectNoViolations(page);
  await page.getByRole('list', { name: 'More like' }).getByRole('button').click();
  await expectAnswer(console, { image_id: image, unlike: [{ image_id: unliked }] });
  await page.getByRole('button', { name: 'Start again' }).click();
  await page.getByRole('heading', { name: 'Search by a picture or by words' }).waitFor();
  expect(new URL(page.url()).hash).toBe('#/search');
}

it('finds a planted near-duplicate first, by a chosen, a pasted and a dropped picture', TEST, async () => {
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

  // Dropped anywhere in the window.
  const drop = await dragOver(page, wanted);
  await page.getByText('Search for pictures like this one').waitFor();
  await drop();
  await page.getByText('lamp-green.jpg, from this computer').waitFor();
  await vi.waitFor(async () => expect((await shown(page))[0]).toBe('planted-copy.jpg'), WAIT);

  // A stored one takes its place.
  await page.getByRole('gridcell').nth(1).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Find similar' }).click();
  await page.waitForURL(/image=/);
  await page.getByText('lamp-green.jpg, from this computer').waitFor({ state: 'detached' });
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

/** Each filter and how it is chosen: what the address then holds, and what the API is asked for. */
const FILTERS = (folder: string): readonly [group: string, value: string, address: string, filter: string[]][] => [
  ['Folder', 'pictures', `folder=${folder}`, [`folder=${folder}`]],
  ['Format', 'jpeg', 'format=jpeg', ['format=jpeg']],
  ['Product', PRODUCT, 'product=%22LG-1,+small%22', [`product_id="${PRODUCT}"`]],
  ['Keyword', KEYWORD, 'keyword=on+sale', [`keywords=${KEYWORD}`]],
  ['Taken', '2021', 'from=2021-01-01&to=2021-12-31', ['captured_at=2021']],
  ['Width', '256 to 1,023 px', 'width=small', ['width>=256', 'width<1024']],
  ['File size', 'Under 100 kB', 'size=small', ['bytes<100000']],
];

/** Every filter is in the address, has the numbers of the API under the others, comes back from it and goes with the way back. */
async function narrow(console: Indexed): Promise<void> {
  const { page, folder, idOf } = console;
  const image = idOf('chair-blue.png');
  await goTo(page, `/search?image=${image}`);
  const before = await expectAnswer(console, { image_id: image });
  const boxOf = (group: string, value: string) =>
    page.getByRole('group', { name: group, exact: true }).getByRole('checkbox', { name: value });
  const filters = FILTERS(folder);
  const filter: string[] = [];
  for (const [group, value, address, texts] of filters) {
    await boxOf(group, value).check();
    await vi.waitFor(() => expect(page.url()).toMatch(new RegExp(`[?&]${escaped(address)}$`)), WAIT);
    filter.push(...texts);
    await expectAnswer(console, { image_id: image, filter });
    const { total } = await console.ask<{ total: number }>(`/images/count?${filterQuery(filter)}`);
    await boxOf(group, value).locator('..').locator(`data[value="${total}"]`).waitFor();
  }
  const { facets } = await console.ask<Facets>(
    `/catalogs/default/facets?field=format&${filterQuery(filter.filter((one) => one !== 'format=jpeg'))}`,
  );
  expect(facets.length).toBeGreaterThan(0);
  for (const { value, count } of facets) {
    await boxOf('Format', value).locator('..').locator(`data[value="${count}"]`).waitFor();
  }
  await page.getByRole('slider', { name: 'Minimum score' }).press('ArrowRight');
  await page.waitForURL(/min_score=0.01/);
  await page.getByRole('combobox', { name: 'File', exact: true }).click();
  await page.getByRole('option', { name: 'There' }).click();
  await page.waitForURL(/file=there/);
  await page.getByRole('textbox', { name: 'Path of a folder' }).fill(join(folder, 'furniture'));
  await page.waitForURL(/pictures\/furniture/);

  await page.reload();
  const all = [...filter, `folder=${join(folder, 'furniture')}`, 'missing_since!=*'];
  const narrowest = { image_id: image, filter: all, min_score: 0.01 };
  expect(await expectAnswer(console, narrowest)).toEqual(['planted-copy.jpg']);
  for (const [group, value] of filters.slice(1)) expect(await boxOf(group, value).isChecked()).toBe(true);
  for (const part of [/pictures\/furniture/, /file=/, /min_score=/]) {
    await page.goBack();
    await vi.waitFor(() => expect(page.url()).not.toMatch(part), WAIT);
  }
  for (const [group, value] of filters.toReversed()) {
    expect(await boxOf(group, value).isChecked()).toBe(true);
    await page.goBack();
    await vi.waitFor(async () => expect(await boxOf(group, value).count()).toBe(1), WAIT);
    await vi.waitFor(async () => expect(await boxOf(group, value).isChecked()).toBe(false), WAIT);
  }
  expect(await expectAnswer(console, { image_id: image })).toEqual(before);
  await page.getByRole('button', { name: 'Start again' }).click();
}

interface Facets {
  facets: { value: string; count: number }[];
}

function filterQuery(filter: readonly string[]): URLSearchParams {
  return new URLSearchParams(filter.map((one) => ['filter', one]));
}

function escaped(text: string): string {
  return text.replaceAll(/[.+]/g, String.raw`\$&`);
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
  await expectNoViolations(page);
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
