import { expect, it, vi } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, goTo, openConsole } from './console.ts';
import { fillQueue } from './tasks-world.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

it('keeps every filter in the address, and goes back', TEST, async () => {
  const dataDir = await tempDir();
  await fillQueue(dataDir, 500, 500);
  const { page, ask, url } = await openConsole({ dataDir, args: ['--workers', '0'], path: '/tasks' });
  const count = (text: string) => page.getByText(text, { exact: true }).waitFor();
  await count('1,000 tasks');
  await page.getByLabel('Error code', { exact: true }).first().click();
  await page.getByRole('option', { name: /^FILE_NOT_FOUND/ }).click();
  await page.keyboard.press('Escape');
  await page.waitForURL(/code=FILE_NOT_FOUND/);
  await count('50 tasks');
  await page.getByLabel('Part of the path').fill('picture-00001');
  await page.waitForURL(/text=picture-00001/);
  await count('1 task');
  await page.getByRole('link', { name: /^Cancelled/ }).click();
  await page.getByRole('heading', { name: 'No task matches' }).waitFor();
  await expectNoViolations(page);
  await page.goBack();
  await count('1 task');
  expect(await page.getByLabel('Part of the path').inputValue()).toBe('picture-00001');
  await page.reload();
  await count('1 task');
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await count('1,000 tasks');
  await goTo(page, '/tasks?worker_id=studio-7&text=picture');
  await vi.waitFor(async () => {
    const told = await ask<{ count: number }>('/queue/count?worker_id=studio-7&text=picture');
    await page.getByText(`${told.count} tasks`, { exact: true }).waitFor({ timeout: 1_000 });
  }, WAIT);
  const csv = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
  expect(csv).toBe(`${url}/queue/tasks.csv?worker_id=studio-7&text=picture`);
});
