import { expect, it, vi } from 'vitest';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, openConsole } from './console.ts';
import { fillQueue } from './tasks-world.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

it('acts on everything that matches', TEST, async () => {
  const dataDir = await tempDir();
  await fillQueue(dataDir, 1_500, 100);
  const { page, ask } = await openConsole({ dataDir, args: ['--workers', '0'], path: '/tasks?state=waiting' });
  const counts = async () => (await ask<StatsDocument>('/queue/stats')).counts;
  const all = (await counts()).waiting;
  const allText = new Intl.NumberFormat('en').format(all);

  await page.getByLabel('Select all rows shown').click();
  await page.getByRole('button', { name: `Select all ${allText} that match` }).click();
  await page.getByRole('button', { name: 'Priority' }).click();
  await page.getByRole('menuitem', { name: 'High' }).click();
  await page.getByText(`${allText} tasks now of priority High`).waitFor();
  const stats = await ask<StatsDocument>('/queue/stats');
  expect(stats.waiting_by_priority.high).toBe(all);

  await page.getByLabel('Select all rows shown').click();
  await page.getByRole('button', { name: /that match$/ }).click();
  await page.getByRole('button', { name: `Cancel ${allText}` }).click();
  await page.getByRole('dialog').getByText(`Cancel ${allText} tasks?`).waitFor();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Cancel the tasks' }).click();
  await page.getByText(`${allText} tasks cancelled`).waitFor();
  expect(await counts()).toMatchObject({ waiting: 0, cancelled: all });

  const tab = page.getByRole('navigation', { name: 'States' }).getByRole('link', { name: /^Cancelled/ });
  await vi.waitFor(async () => expect(await tab.innerText()).toContain(allText), WAIT);
  await tab.click();
  await page.getByRole('row').nth(1).waitFor();
  await page.getByLabel('Select all rows shown').click();
  await page.getByRole('button', { name: /that match$/ }).click();
  await page.getByRole('button', { name: `Forget ${allText}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await page.getByText(`${allText} tasks forgotten`).waitFor();
  expect(await counts()).toMatchObject({ cancelled: 0, failed: 30 });
});

it('is worked with the keyboard alone', TEST, async () => {
  const dataDir = await tempDir();
  await fillQueue(dataDir, 20);
  const { page, ask } = await openConsole({ dataDir, args: ['--workers', '0'], path: '/tasks' });
  await page.getByRole('row').filter({ hasText: 'picture-000019.jpg' }).waitFor();
  const press = (key: string) => page.keyboard.press(key);
  const drawer = page.getByRole('dialog');
  await press('j');
  await press('ArrowDown');
  await press('k');
  await press('Enter');
  await drawer.getByRole('heading', { name: 'picture-000018.jpg' }).waitFor();
  await press('j');
  await drawer.getByRole('heading', { name: 'picture-000017.jpg' }).waitFor();
  await press('Escape');
  await drawer.waitFor({ state: 'detached' });
  await press('x');
  await press('j');
  await press('x');
  await page.getByText('2 selected').waitFor();
  await page.getByRole('button', { name: 'Cancel 2' }).focus();
  await press('Enter');
  await drawer.getByText('Cancel 2 tasks?').waitFor();
  await page.getByRole('button', { name: 'Cancel the tasks' }).focus();
  await press('Enter');
  await page.getByText('2 tasks cancelled').waitFor();
  const { tasks } = await ask<{ tasks: { task_id: string }[] }>('/queue/tasks?state=cancelled');
  expect(tasks.map(({ task_id }) => task_id)).toEqual(['task-18', 'task-17']);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await press('/');
  await page.keyboard.type('picture-000003');
  await page.getByText('1 task', { exact: true }).waitFor();
});
