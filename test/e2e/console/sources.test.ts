import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, goTo, openConsole, type OpenedConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

interface SourceDocument {
  id: string;
  path: string;
  pictures: number;
  missing: number;
  watch: boolean;
  exclude: string[];
}

const sourcesOf = async ({ ask }: OpenedConsole): Promise<SourceDocument[]> =>
  (await ask<{ sources: SourceDocument[] }>('/sources')).sources;

async function importAll({ post, ask }: OpenedConsole, path: string): Promise<void> {
  const before = (await ask<{ imports: unknown[] }>('/imports')).imports.length;
  expect((await post('/imports', { path })).status).toBe(201);
  await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: { state: string }[] }>('/imports');
    expect(imports).toHaveLength(before + 1);
    expect(imports[0]!.state).toBe('completed');
  }, WAIT);
}

it('says what a source is while there is none', TEST, async () => {
  const { page } = await openConsole({ args: ['--workers', '0'], path: '/sources' });
  await page.getByRole('heading', { name: 'There is no source yet' }).waitFor();
  await expectNoViolations(page);
  await page.getByRole('link', { name: 'Go to Imports' }).click();
  await page.getByRole('heading', { name: 'Set up Imagefleet' }).waitFor();
  // No folder may be read: what to do is said.
  await page.getByRole('heading', { name: 'The server may read no folder yet' }).waitFor();
  await expectNoViolations(page);
});

it('scans, verifies and fixes, prunes, moves, changes rules of and removes a source', TEST, async () => {
  const pictures = await tempDir();
  const shoes = join(pictures, 'shoes');
  const [first] = await makePictures(shoes, 12, 6);
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', pictures] });
  const { page, expectProblems } = console;
  // How many pictures would leave is told by a refusal.
  expectProblems(/400/);
  await importAll(console, shoes);
  await goTo(page, '/sources');
  const row = page.getByRole('row').nth(1);
  await vi.waitFor(async () => expect(await row.innerText()).toMatch(/shoes[\s\S]*Folder[\s\S]*12\s+0/), WAIT);
  await expectNoViolations(page);

  // By keys alone.
  await page.getByRole('grid').focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'shoes' });
  await drawer.waitFor();
  await page.waitForURL(/source=/);
  await expectNoViolations(page);

  // A file that nobody has imported is a difference, and no other.
  await copyFile((await makePictures(await tempDir(), 14))[13]!, join(shoes, 'new.png'));
  await drawer.getByRole('button', { name: 'Verify' }).click();
  await drawer.getByText(/were compared/).waitFor();
  await expectNoViolations(page);

  // One is gone: scanned again, it is missing; pruned, it is no more.
  await rm(join(shoes, 'new.png'));
  await rm(first!);
  await drawer.getByRole('switch', { name: 'Watch this folder' }).click();
  // Whole at first, and then by what is touched.
  await vi.waitFor(async () => expect((await sourcesOf(console))[0]).toMatchObject({ watch: true, missing: 1 }), WAIT);
  await copyFile((await makePictures(await tempDir(), 15))[14]!, join(shoes, 'later.png'));
  await vi.waitFor(async () => expect((await sourcesOf(console))[0]!.pictures).toBe(13), WAIT);
  await drawer.getByText('13', { exact: true }).waitFor();
  await drawer.getByRole('switch', { name: 'Watch this folder' }).click();
  await vi.waitFor(async () => expect((await sourcesOf(console))[0]!.watch).toBe(false), WAIT);
  await rm(join(shoes, 'later.png'));
  await drawer.getByRole('button', { name: 'Scan again' }).click();
  await vi.waitFor(async () => expect((await sourcesOf(console))[0]!.missing).toBe(2), WAIT);
  await drawer.getByRole('button', { name: 'Prune 2 pictures' }).click();
  await page.getByRole('dialog', { name: 'Prune 2 pictures?' }).getByRole('button', { name: 'Prune' }).click();
  await vi.waitFor(async () => expect((await sourcesOf(console))[0]).toMatchObject({ pictures: 11, missing: 0 }), WAIT);
  await drawer.getByText('No picture is missing.').waitFor();

  // Rules that would take pictures out say how many, and ask.
  await drawer.getByLabel('Not these').fill('part-1/**');
  await page.keyboard.press('Enter');
  await drawer.getByRole('button', { name: 'Save rules' }).click();
  const asked = page.getByRole('dialog', { name: 'Take 6 pictures out of the catalog?' });
  await asked.waitFor();
  await expectNoViolations(page);
  await asked.getByRole('button', { name: 'Save rules and take them out' }).click();
  await vi.waitFor(
    async () => expect((await sourcesOf(console))[0]).toMatchObject({ pictures: 5, exclude: ['part-1/**'] }),
    WAIT,
  );

  await rename(shoes, join(pictures, 'boots'));
  await drawer.getByRole('button', { name: 'Move to …' }).click();
  const move = page.getByRole('dialog', { name: 'Lies elsewhere now' });
  await move.getByRole('option', { name: new RegExp(`^Folder ${pictures}`) }).click();
  await move.getByRole('option', { name: /^Folder boots/ }).click();
  await move.getByRole('button', { name: 'It is boots now' }).click();
  await vi.waitFor(
    async () => expect((await sourcesOf(console))[0]).toMatchObject({ pictures: 5, path: join(pictures, 'boots') }),
    WAIT,
  );

  const moved = page.getByRole('dialog', { name: 'boots' });
  await moved.getByRole('button', { name: 'Remove source' }).click();
  await page
    .getByRole('dialog', { name: 'Remove this source and its 5 pictures from the catalog?' })
    .getByRole('button', { name: 'Remove', exact: true })
    .click();
  await page.getByRole('heading', { name: 'There is no source yet' }).waitFor();
  expect(await sourcesOf(console)).toEqual([]);
});
