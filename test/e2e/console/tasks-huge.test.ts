import { expect, it, vi } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { openConsole } from './console.ts';
import { fillQueue } from './tasks-world.ts';

const TEST = { timeout: 180_000 };

it('scrolls through a hundred thousand tasks with few of them in the page', TEST, async () => {
  const dataDir = await tempDir();
  await fillQueue(dataDir, 100_000);
  const { page } = await openConsole({ dataDir, args: ['--workers', '0'], path: '/tasks' });
  await page.getByText('100,000 tasks', { exact: true }).waitFor();
  const grid = page.getByRole('grid');
  expect(await grid.getAttribute('aria-rowcount')).toBe('100001');
  let most = 0;
  const last = page.getByRole('row').filter({ hasText: 'picture-000000.jpg' });
  await vi.waitFor(
    async () => {
      most = Math.max(most, await page.locator('[role=row][data-index]').count());
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      expect(await last.count()).toBe(1);
    },
    { timeout: 120_000, interval: 20 },
  );
  expect(most).toBeLessThan(120);
  expect(await page.locator('main *').count()).toBeLessThan(3_000);
});
