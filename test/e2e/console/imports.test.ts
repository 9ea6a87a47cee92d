import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, it, vi } from 'vitest';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { dragOver, expectNoViolations, goTo, openConsole, type OpenedConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

interface ImportDocument {
  import_id: string;
  state: string;
  discovered: number;
  open: number;
  completed: number;
  skipped: number;
  moved: number;
  missing: number;
  failed: number;
}

const importsOf = async ({ ask }: OpenedConsole): Promise<ImportDocument[]> =>
  (await ask<{ imports: ImportDocument[] }>('/imports')).imports;

/** The newest import, once it is in this state. */
function imported(console: OpenedConsole, state: string): Promise<ImportDocument> {
  return vi.waitFor(async () => {
    const [run] = await importsOf(console);
    expect(run?.state).toBe(state);
    return run!;
  }, WAIT);
}

const count = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Files by what became of them' }).getByRole('link', { name, exact: false });

/** What the page says of the newest import is what the API says. */
async function expectCounts(console: OpenedConsole): Promise<void> {
  await vi.waitFor(async () => {
    const run = (await importsOf(console))[0]!;
    const shown = { Discovered: run.discovered, Open: run.open, Indexed: run.completed, Skipped: run.skipped };
    const more = { Moved: run.moved, Missing: run.missing, Failed: run.failed };
    for (const [name, value] of Object.entries({ ...shown, ...more })) {
      expect(await count(console.page, name).innerText()).toMatch(new RegExp(`${name}\\s+${value}$`));
    }
  }, WAIT);
}

it('takes a folder from the picker, shows its end, its failures and each file', TEST, async () => {
  const pictures = await tempDir();
  await makePictures(join(pictures, 'shoes'), 12);
  await writeFile(join(pictures, 'shoes', 'broken.jpg'), 'no picture');
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', pictures], path: '/imports' });
  const { page } = console;

  // The first run asks three questions; what stands there works.
  await page.getByRole('heading', { name: 'Where are your pictures?' }).waitFor();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Skip' }).click();
  await page.getByRole('heading', { name: 'Nothing was imported yet' }).waitFor();
  await expectNoViolations(page);
  await page.getByRole('link', { name: 'Import pictures' }).click();
  await page.getByRole('option', { name: `Folder ${pictures}`, exact: false }).click();
  await page.getByRole('option', { name: /^Folder shoes/ }).click();
  await page.getByText('Here: 1 picture').waitFor();
  const preview = page.getByRole('region', { name: 'What this import would do' });
  // What it would do is asked anew when a pattern is given, and what was asked before is given up.
  await preview.getByText('Looking at what lies there').waitFor();
  await page.getByRole('combobox', { name: 'Not these' }).fill('*.jpg');
  await page.keyboard.press('Enter');
  await preview.getByText('12 pictures to index').waitFor();
  await preview.getByText('1 file left out: exclude: *.jpg (1)').waitFor();
  await page.keyboard.press('Backspace');
  await page.getByRole('button', { name: 'Manifest and priority' }).click();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Import shoes' }).click();

  await page.getByRole('heading', { name: 'shoes', level: 1 }).waitFor();
  const run = await imported(console, 'completed');
  expect(run).toMatchObject({ discovered: 13, completed: 12, failed: 1, started_by: 'console' });
  await page.getByText('by Console').waitFor();
  await page.getByText('Completed', { exact: true }).waitFor();
  await expectCounts(console);
  const grid = page.getByRole('grid');
  await vi.waitFor(async () => expect(await grid.getAttribute('aria-rowcount')).toBe('14'), WAIT);
  await expectNoViolations(page);

  // From the group of failures to the file.
  await page.getByRole('link', { name: 'UNSUPPORTED_FORMAT', exact: true }).click();
  await page.waitForURL(/outcome=failed&code=UNSUPPORTED_FORMAT/);
  await vi.waitFor(async () => expect(await grid.getAttribute('aria-rowcount')).toBe('2'), WAIT);
  await grid.focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'broken.jpg' });
  await drawer.getByText('Convert the file to JPEG').waitFor();
  await page.waitForURL(/file=/);
  await expectNoViolations(page);

  // It can be read now.
  const [good] = await makePictures(await tempDir(), 1);
  await rename(good!, join(pictures, 'shoes', 'broken.jpg'));
  await drawer.getByRole('button', { name: 'Retry' }).click();
  await vi.waitFor(async () => expect((await importsOf(console))[0]).toMatchObject({ failed: 0, completed: 13 }), WAIT);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  await count(page, 'Discovered').click();
  await expectCounts(console);

  const [ledger] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ]);
  expect(ledger.suggestedFilename()).toBe(`ledger-${run.import_id}.csv`);

  // All of it again: everything is known.
  await page.getByRole('button', { name: 'Run again' }).click();
  await vi.waitFor(async () => expect(await importsOf(console)).toHaveLength(2), WAIT);
  await imported(console, 'completed');
  await page.getByRole('link', { name: 'All imports' }).click();
  await vi.waitFor(async () => expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('3'), WAIT);
  const row = page.getByRole('row').nth(1);
  expect((await importsOf(console))[0]).toMatchObject({ skipped: 13, failed: 0 });
  await vi.waitFor(async () => expect(await row.innerText()).toMatch(/Completed[\s\S]*13\s+13\s+0\s+0/), WAIT);
  await expectNoViolations(page);
});

it('pauses, resumes and cancels; waits for a source that is away and marks nothing', TEST, async () => {
  const pictures = await tempDir();
  const shoes = join(pictures, 'shoes');
  await makePictures(shoes, 60);
  const console = await openConsole({
    args: ['--workers', '0', '--allow-root', pictures],
    path: '/imports',
  });
  const { page, post } = console;
  await post('/imports', { path: shoes });
  await imported(console, 'draining');
  await goTo(page, `/imports?import=${(await importsOf(console))[0]!.import_id}`);
  await page.getByRole('button', { name: 'Pause', exact: true }).last().click();
  await imported(console, 'paused');
  await page.locator('main').getByText('Paused', { exact: true }).waitFor();
  await page.locator('main').getByRole('button', { name: 'Resume' }).click();
  await imported(console, 'draining');
  await page.locator('main').getByText('Running', { exact: true }).waitFor();

  await rename(shoes, join(pictures, 'unplugged'));
  await imported(console, 'waiting');
  await page.getByRole('alert').getByText('It is held up: SOURCE_UNAVAILABLE').waitFor();
  const away = (await importsOf(console))[0]!;
  expect(away).toMatchObject({ open: 60, failed: 0, missing: 0 });
  await expectCounts(console);
  await expectNoViolations(page);

  await rename(join(pictures, 'unplugged'), shoes);
  await imported(console, 'draining');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await page.locator('main').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByText('give up its 60 pictures still to come?').waitFor();
  await page.getByRole('button', { name: 'Cancel the import' }).click();
  await imported(console, 'cancelled');
  await expectCounts(console);
  await goTo(page, '/imports');
  await expectNoViolations(page);
});

it('leaves no ghost of a folder that was renamed', TEST, async () => {
  const pictures = await tempDir();
  const shoes = join(pictures, 'shoes');
  await makePictures(join(shoes, 'old'), 10);
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', pictures], path: '/imports' });
  const { page, post, ask } = console;
  await post('/imports', { path: shoes });
  await imported(console, 'completed');
  await rename(join(shoes, 'old'), join(shoes, 'new'));
  await page.getByRole('button', { name: 'Run again: shoes' }).click();
  await vi.waitFor(async () => expect(await importsOf(console)).toHaveLength(2), WAIT);
  const run = await imported(console, 'completed');
  expect(run).toMatchObject({ discovered: 10, moved: 10, missing: 0 });
  await goTo(page, `/imports?import=${run.import_id}`);
  await expectCounts(console);
  const { images } = await ask<{ images: { path: string }[] }>('/images');
  expect(images).toHaveLength(10);
  expect(images.every(({ path }) => path.includes('/new/'))).toBe(true);
});

it('finds a dropped folder on the server, and says before what will happen', TEST, async () => {
  const pictures = await tempDir();
  await makePictures(join(pictures, '2024', 'boots'), 3);
  await makePictures(join(pictures, 'empty', 'boots-not'), 1);
  const facts = 'Bild;Titel;sku\nboots/part-0/picture-00000.png;Left boot;7\n';
  await writeFile(join(pictures, '2024', 'facts.csv'), facts);
  await mkdir(join(pictures, 'other'), { recursive: true });
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', pictures], path: '/tasks' });
  const { page } = console;
  const drop = await dragOver(page, join(pictures, '2024', 'boots'));
  await page.getByText('Import this folder').waitFor();
  await drop();
  await page.getByRole('dialog', { name: 'Import pictures' }).getByText('was found here').waitFor();
  await expectNoViolations(page);

  // A manifest beside it, whose columns have names of their own.
  await page.getByRole('button', { name: 'Manifest and priority' }).click();
  await page.getByRole('combobox', { name: 'Manifest with facts' }).click();
  await page.getByRole('option', { name: 'facts.csv' }).click();
  const columns = page.getByRole('region', { name: 'Columns of facts.csv' });
  await columns.getByText('Say which column holds the path').waitFor();
  const start = page.getByRole('button', { name: 'Import boots' });
  expect(await start.isDisabled()).toBe(true);
  for (const [field, column] of [
    ['Path', 'Bild'],
    ['Name', 'Titel'],
  ] as const) {
    await columns.getByRole('combobox', { name: field, exact: true }).click();
    await page.getByRole('option', { name: column, exact: true }).click();
  }
  await columns.getByRole('row', { name: 'picture-00000.png 7 Left boot' }).waitFor();
  await expectNoViolations(page);
  await start.click();
  const run = await imported(console, 'completed');
  expect(run).toMatchObject({ discovered: 3, completed: 3 });
  const { images } = await console.ask<{ images: { product_id: string | null; name: string | null }[] }>('/images');
  expect(images.filter(({ name }) => name !== null)).toMatchObject([{ product_id: '7', name: 'Left boot' }]);
  await page.getByRole('heading', { name: 'boots', level: 1 }).waitFor();
  await expectCounts(console);
});
