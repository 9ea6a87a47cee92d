import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, vi } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import type { OpenedConsole } from './console.ts';
import type { Scene } from './scenes.ts';

const WAIT = { timeout: 120_000, interval: 100 };

/** Groups are shown; where nothing was looked through yet, that is done first. */
export async function scanned(page: Page): Promise<void> {
  const start = page.getByRole('button', { name: 'Look for duplicates' });
  const grid = page.getByRole('grid', { name: 'Groups of duplicates' });
  await start.or(grid).waitFor();
  if (await start.isVisible()) await start.click();
  await grid.waitFor({ timeout: 300_000 });
  await page.getByRole('gridcell').first().locator('img[data-loaded]').waitFor();
}

export const DUPLICATES_SCENES: readonly Scene[] = [
  {
    name: 'duplicates-none',
    path: '/duplicates',
    ready: async (page) => page.getByRole('button', { name: 'Look for duplicates' }).waitFor(),
  },
  { name: 'duplicates', path: '/duplicates?min_score=0.93', ready: scanned },
  {
    name: 'duplicates-rules',
    path: '/duplicates?min_score=0.93&keep=folder:/photos/master,largest,oldest',
    ready: async (page) => {
      await scanned(page);
      const rules = page.getByRole('dialog', { name: /^Keep: / });
      if (!(await rules.isVisible())) await page.getByRole('button', { name: /^Keep: / }).click();
      await rules.waitFor();
    },
  },
  { name: 'duplicates-nothing', path: '/duplicates?min_score=1&across_products=true' },
  {
    name: 'duplicates-record',
    path: '/duplicates?min_score=0.93',
    ready: async (page) => {
      await scanned(page);
      await page.getByRole('gridcell').first().click();
      await page.getByRole('dialog').locator('img[data-loaded]').waitFor();
    },
  },
];

/** The samples, copies of half of them, smaller ones of a third, and one picture very often. */
export async function makeDuplicates({ post, ask }: OpenedConsole, samples: string): Promise<void> {
  const root = await tempDir();
  for (const folder of ['furniture', 'kitchen', 'outdoors']) {
    await mkdir(join(root, 'originals', folder), { recursive: true });
    await mkdir(join(root, 'old', folder), { recursive: true });
    for (const [n, name] of (await readdir(join(samples, folder))).toSorted().entries()) {
      const from = join(samples, folder, name);
      const [base, type] = name.split('.');
      await copyFile(from, join(root, 'originals', folder, name));
      if (n % 2 === 1) await copyFile(from, join(root, 'old', folder, `${base} copy.${type}`));
      if (n % 3 === 0) {
        const small = sharp(from).resize(300).flatten({ background: '#fff' }).jpeg({ quality: 50 });
        await small.toFile(join(root, 'old', folder, `${base}-web.jpg`));
      }
    }
  }
  for (let n = 0; n < 17; n++) await copyFile(join(samples, 'kitchen/mug-red.jpg'), join(root, 'old', `mug ${n}.jpg`));
  expect((await post('/imports', { path: root })).status).toBe(201);
  await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: { state: string }[] }>('/imports');
    expect(imports.map(({ state }) => state)).toEqual(['completed']);
  }, WAIT);
}
