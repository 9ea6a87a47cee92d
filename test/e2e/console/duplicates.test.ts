import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, it, vi } from 'vitest';
import type { contract } from '../../../src-core/contract/contract.ts';
import type { InferContractRouterOutputs } from '@orpc/contract';
import { plantDuplicates } from '../../support/planted-duplicates.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, goTo, openConsole, type OpenedConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };
type Groups = InferContractRouterOutputs<typeof contract>['duplicates']['groups'];

async function openPlanted() {
  const folder = join(await tempDir(), 'pictures');
  const planted = await plantDuplicates(folder);
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', folder], path: '/duplicates' });
  await console.page.getByRole('link', { name: 'Go to Imports' }).waitFor();
  expect((await console.post('/imports', { path: folder })).status).toBe(201);
  await vi.waitFor(async () => {
    const { imports } = await console.ask<{ imports: { state: string }[] }>('/imports');
    expect(imports.map(({ state }) => state)).toEqual(['completed']);
  }, WAIT);
  return { ...console, folder, planted };
}

type Planted = Awaited<ReturnType<typeof openPlanted>>;

/** The page shows as many groups and pictures as the API counts, and marks as many. */
async function expectAsCounted(
  { page, ask, post }: OpenedConsole,
  which: Record<string, unknown>,
  byHand: object = {},
) {
  const query = new URLSearchParams(Object.entries(which).map(([name, value]) => [name, String(value)]));
  const { group_count, picture_count } = await ask<Groups>(`/duplicates/groups?${query}`);
  const input = { ...which, keep: ['largest', 'oldest'], ...byHand };
  const { marked } = (await (await post('/duplicates/choose/count', input)).json()) as { marked: number };
  const summary = `${group_count} ${group_count === 1 ? 'group' : 'groups'}, ${picture_count} pictures`;
  await page.getByText(summary, { exact: true }).waitFor();
  if (group_count > 0) await page.getByText(`${marked} marked`, { exact: true }).waitFor();
  await vi.waitFor(async () => expect(await page.getByRole('gridcell').count()).toBe(picture_count), WAIT);
  const pressed = page.getByRole('gridcell').locator('button[data-marked=true]');
  expect(await pressed.count()).toBe(marked);
  return { group_count, picture_count, marked };
}

async function shownNames(page: Page): Promise<string[]> {
  const titles = page.getByRole('gridcell').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title')!));
  return (await titles).map((path) => basename(path)).toSorted();
}

it(
  'finds planted duplicates, lets rules and people choose, and takes what is marked out of the index',
  TEST,
  async () => {
    const console = await openPlanted();
    const { page } = console;
    await page.getByRole('button', { name: 'Look for duplicates' }).click();
    const { planted } = console;
    const near = [planted.original, planted.exact, planted.resized, planted.recompressed].map((path) => basename(path));
    await page.getByRole('grid', { name: 'Groups of duplicates' }).waitFor();
    expect(await expectAsCounted(console, { min_score: 0.95 })).toEqual({
      group_count: 1,
      picture_count: 4,
      marked: 3,
    });
    expect(await shownNames(page)).toEqual(near.toSorted());
    await expectNoViolations(page);
    await narrow(console);
    await chooseByKeyboard(console);
    await tellNotDuplicates(console);
    await removeMarked(console);
  },
);

/** Every filter is in the address and does what the API does. */
async function narrow(console: Planted): Promise<void> {
  const { page, planted } = console;
  const slider = page.getByRole('slider', { name: 'Similarity' });
  await slider.focus();
  await page.keyboard.press('End');
  await page.waitForURL(/min_score=1/);
  await expectAsCounted(console, { min_score: 1 });
  await goTo(page, '/duplicates');
  await page.getByRole('radio', { name: 'Exact' }).press(' ');
  await page.waitForURL(/kind=exact/);
  await expectAsCounted(console, { min_score: 0.95, kind: 'exact' });
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('checkbox', { name: 'Only across products' }).check();
  await page.waitForURL(/across_products=true/);
  await expectAsCounted(console, { min_score: 0.95, across_products: true });
  await page.goBack();
  await expectAsCounted(console, { min_score: 0.95 });

  // The order of the rules decides which one is kept.
  const kept = page.getByRole('gridcell').filter({ has: page.locator('button[data-marked=false]') });
  await page.getByRole('button', { name: /^Keep: / }).press('Enter');
  const rules = page.getByRole('dialog', { name: /^Keep: / });
  await rules.getByLabel('In this folder first').fill(join(console.folder, 'copies'));
  await rules.getByRole('button', { name: 'Add a rule' }).click();
  await page.waitForURL(/keep=folder/);
  await vi.waitFor(async () => expect(await kept.getAttribute('title')).toBe(planted.exact), WAIT);
  await expectNoViolations(page);
  await rules.getByRole('button', { name: 'Move “In copies” down' }).press('Enter');
  await page.waitForURL(/keep=largest,folder/);
  await rules.getByRole('button', { name: 'Remove the rule “In copies”' }).click();
  await page.waitForURL((url) => !url.hash.includes('keep='));
  await page.keyboard.press('Escape');
  await rules.waitFor({ state: 'hidden' });
}

async function chooseByKeyboard(console: Planted): Promise<void> {
  const { page, ask } = console;
  const grid = page.getByRole('grid', { name: 'Groups of duplicates' });
  const { groups } = await ask<Groups>('/duplicates/groups?min_score=0.95');
  const ids = groups[0]!.pictures.map(({ image_id }) => image_id);
  const cells = page.getByRole('gridcell');
  const isMarked = async (n: number) =>
    (await cells.nth(n).locator('button[data-marked]').getAttribute('data-marked')) === 'true';
  const marks = await Promise.all(ids.map((_, n) => isMarked(n)));
  const [first, kept] = [marks.indexOf(true), marks.indexOf(false)];
  async function goToCell(n: number): Promise<void> {
    await grid.focus();
    await page.keyboard.press('Home');
    for (let step = 0; step < n; step++) await page.keyboard.press('ArrowRight');
  }
  // The only one that is kept stays kept.
  await goToCell(kept);
  await page.keyboard.press(' ');
  expect(await isMarked(kept)).toBe(false);
  await goToCell(first);
  await page.keyboard.press(' ');
  await expectAsCounted(console, { min_score: 0.95 }, { keep_ids: [ids[first]!] });
  await goToCell(kept);
  await page.keyboard.press(' ');
  const byHand = { keep_ids: [ids[first]!], mark_ids: [ids[kept]!] };
  await expectAsCounted(console, { min_score: 0.95 }, byHand);
  // The server keeps them.
  await page.reload();
  await expectAsCounted(console, { min_score: 0.95 }, byHand);
  expect(await ask('/duplicates/choices')).toEqual(byHand);
  await goToCell(kept);

  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: basename(groups[0]!.pictures[kept]!.path) }).waitFor();
  await page.keyboard.press('Escape');
  await grid.focus();
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: 'Compare 4 pictures' }).waitFor();
  await page.keyboard.press('Escape');

  const link = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
  const csv = await page.evaluate(async (href) => (await fetch(href)).text(), link!);
  const rows = csv.trim().split('\n');
  expect(rows).toHaveLength(5);
  expect(rows.filter((row) => row.includes(',mark,'))).toHaveLength(3);
  expect(rows.find((row) => row.includes(groups[0]!.pictures[first]!.path))).toContain(',keep,');
  await page.getByRole('button', { name: /Undo choices by hand/ }).click();
  await expectAsCounted(console, { min_score: 0.95 });
}

async function tellNotDuplicates(console: Planted): Promise<void> {
  const { page } = console;
  // One of them: the others stay together.
  const [name] = await shownNames(page);
  const one = page.getByRole('gridcell').filter({ hasText: name! });
  await one.getByRole('button', { name: 'Not a duplicate' }).click();
  await expectAsCounted(console, { min_score: 0.95 });
  await page.getByText('1 group, 3 pictures', { exact: true }).waitFor();
  expect(await one.count()).toBe(0);
  await page.getByRole('button', { name: 'What is not a duplicate' }).click();
  const drawer = page.getByRole('dialog', { name: 'What is not a duplicate' });
  await drawer.getByText('1 picture and 3 others').waitFor();
  await drawer.getByRole('button', { name: 'Take back' }).click();
  await drawer.getByText('Nothing has been said').waitFor();
  await page.keyboard.press('Escape');
  await expectAsCounted(console, { min_score: 0.95 });

  await page.getByRole('grid', { name: 'Groups of duplicates' }).focus();
  await page.keyboard.press('n');
  await page.getByText('0 groups, 0 pictures', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'What is not a duplicate' }).click();
  await drawer.getByText('4 pictures').waitFor();
  await expectNoViolations(page);
  await drawer.getByRole('button', { name: 'Take back' }).click();
  await drawer.getByText('Nothing has been said').waitFor();
  await page.keyboard.press('Escape');
  await expectAsCounted(console, { min_score: 0.95 });
}

async function removeMarked(console: Planted): Promise<void> {
  const { page, ask, planted } = console;
  await page.getByRole('button', { name: 'Remove marked' }).click();
  const question = page.getByRole('dialog', { name: 'Remove 3 pictures from the index?' });
  await question.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('0 groups, 0 pictures', { exact: true }).waitFor();
  const { catalogs } = await ask<{ catalogs: { images: number }[] }>('/catalogs');
  expect(catalogs[0]!.images).toBe(4);
  for (const path of [planted.original, planted.exact, planted.resized]) expect(existsSync(path)).toBe(true);
}
