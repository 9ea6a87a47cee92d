import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { dragOver, expectNoViolations, goTo, openConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

interface ImportDocument {
  import_id: string;
  state: string;
  discovered: number;
  completed: number;
}

it('uploads what the server cannot see, over a line that breaks, and imports it', TEST, async () => {
  const elsewhere = await tempDir();
  const [first] = await makePictures(join(elsewhere, 'boots'), 250, 125);
  const console = await openConsole({ args: ['--workers', '1'], path: '/tasks' });
  const { page, ask, get, expectProblems } = console;
  // The line is cut once, by us.
  expectProblems(/ERR_CONNECTION_RESET|ERR_FAILED/);
  let isCut = false;
  await page.route('**/uploads/*/files/**', async (route) => {
    const isPut = route.request().method() === 'PUT';
    if (!isPut || isCut) return route.continue();
    isCut = true;
    return route.abort('connectionreset');
  });
  const drop = await dragOver(page, join(elsewhere, 'boots'));
  await drop();
  const dialog = page.getByRole('dialog', { name: 'Import pictures' });
  await dialog.getByText('was not found in the folders that the server may read').waitFor();
  await expectNoViolations(page);
  await dialog.getByRole('button', { name: 'Upload and import' }).click();

  const run = await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: ImportDocument[] }>('/imports');
    expect(imports[0]).toMatchObject({ state: 'completed', discovered: 250, completed: 250 });
    return imports[0]!;
  }, WAIT);
  expect(isCut).toBe(true);
  await page.waitForURL(new RegExp(run.import_id));
  await page.getByRole('link', { name: /^Discovered\s*250$/ }).waitFor();
  await goTo(page, '/imports');
  expect(await page.getByText('Uploading').count()).toBe(0);

  // Byte for byte.
  const { images } = await ask<{ images: { image_id: string; file_name: string }[] }>('/images?limit=1000');
  const stored = images.find(({ file_name }) => first!.endsWith(file_name))!;
  const bytes = Buffer.from(await (await get(`/images/${stored.image_id}/file`)).arrayBuffer());
  expect(bytes.equals(await readFile(first!))).toBe(true);
});
