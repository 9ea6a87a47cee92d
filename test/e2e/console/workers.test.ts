import type { Page } from '@playwright/test';
import { expect, it, vi } from 'vitest';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { isAlive } from '../../support/proc.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { makePictures } from '../../support/pictures.ts';
import { expectNoViolations, openConsole } from './console.ts';
import { manyWorkers, otherWorkers } from './other-workers.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

interface Fleet {
  wanted: number;
  workers: { worker_id: string; pid: number; phase: string; state: string | null }[];
}

const rows = (page: Page) => page.getByRole('grid', { name: 'Workers' }).getByRole('row');
const row = (page: Page, id: string) => rows(page).filter({ hasText: id });

it('shows a killed worker come back, and changes how many there are', TEST, async () => {
  const folder = await tempDir();
  await makePictures(folder, 40);
  const { page, post, ask } = await openConsole({
    args: ['--workers', '1', '--allow-root', folder],
    path: '/workers',
  });
  const fleetOf = async (count: number) =>
    vi.waitFor(async () => {
      const fleet = await ask<Fleet>('/fleet');
      expect(fleet.workers.map(({ phase }) => phase)).toEqual(Array(count).fill('running'));
      return fleet;
    }, WAIT);
  const [first] = (await fleetOf(1)).workers;
  await row(page, first!.worker_id).getByText('this server').waitFor();

  process.kill(first!.pid, 'SIGKILL');
  const after = await vi.waitFor(async () => {
    const [worker] = (await fleetOf(1)).workers;
    expect(worker!.pid).not.toBe(first!.pid);
    return worker!;
  }, WAIT);
  await row(page, after.worker_id).getByText('Idle').waitFor();
  await vi.waitFor(async () => expect(await rows(page).count()).toBe(2), WAIT); // the head, and the new one

  await page.getByRole('button', { name: 'One worker more' }).click();
  await page.getByText('This server has 2 workers from now on').waitFor();
  const { wanted, workers } = await fleetOf(2);
  expect(wanted).toBe(2);
  for (const { worker_id } of workers) await row(page, worker_id).getByText('Idle').waitFor();
  expect(await page.getByLabel('Number of workers').inputValue()).toBe('2');
  await page.getByText('2 running', { exact: true }).waitFor();

  expect((await post('/imports', { path: folder })).status).toBe(201);
  await vi.waitFor(async () => {
    const { workers: told } = await ask<{ workers: WorkerDocument[] }>('/queue/workers');
    expect(told.reduce((sum, { processed }) => sum + processed, 0)).toBe(40);
    for (const { worker_id, processed } of told) {
      await row(page, worker_id)
        .getByRole('link', { name: `${processed} processed: show tasks` })
        .waitFor();
    }
  }, WAIT);

  await page.getByLabel('Number of workers').fill('1');
  await page.keyboard.press('Enter');
  const [left] = (await fleetOf(1)).workers;
  await vi.waitFor(async () => expect(await rows(page).count()).toBe(2), WAIT);
  await row(page, left!.worker_id).click();
  const drawer = page.getByRole('dialog', { name: left!.worker_id });
  await drawer.getByText('Inference').waitFor();
  await page.waitForURL(/worker=/);
  await drawer.getByRole('button', { name: 'Restart' }).click();
  await drawer.getByText('This worker is not known any more.').waitFor({ timeout: 60_000 });
  const [replaced] = (await fleetOf(1)).workers;
  expect(replaced!.pid).not.toBe(left!.pid);
  expect(isAlive(left!.pid)).toBe(false);
});

it('keeps lost workers in sight among 200', TEST, async () => {
  const dataDir = await tempDir();
  const { page, ask, problems } = await openConsole({ dataDir, args: ['--workers', '0'], path: '/workers' });
  await page.getByRole('heading', { name: 'No worker yet' }).waitFor();
  await expectNoViolations(page);
  await manyWorkers(dataDir, 200);
  const { workers } = await ask<{ workers: WorkerDocument[] }>('/queue/workers');
  const lost = workers.filter((worker) => worker.lost);
  expect([workers.length, lost.length]).toEqual([200, 3]);
  await page.getByRole('link', { name: 'All 200' }).waitFor();
  await page.getByRole('link', { name: 'Lost 3' }).click();
  await page.waitForURL(/view=lost/);
  for (const { worker_id } of lost) await row(page, worker_id).getByText('Lost').waitFor();
  expect(await page.locator('time[data-tone=bad]').count()).toBe(3);
  await expectNoViolations(page);

  await row(page, lost[0]!.worker_id).click();
  await page.getByRole('dialog').getByText('Held when it was lost').waitFor();
  await page.getByRole('dialog').getByRole('link', { name: lost[0]!.current_tasks[0]!, exact: true }).waitFor();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await page.getByRole('link', { name: 'All 200' }).click();
  await page.getByRole('searchbox', { name: 'Name, host or tag' }).fill('darkroom-1');
  await page.waitForURL(/text=darkroom-1/);
  await row(page, 'darkroom-11').waitFor();
  await vi.waitFor(async () => expect(await rows(page).count()).toBe(12), WAIT); // 1, 10 to 19, and the head
  const { remove } = await otherWorkers(dataDir);
  await remove('darkroom-1');
  await vi.waitFor(async () => expect(await rows(page).count()).toBe(11), WAIT);
  await page.getByRole('link', { name: 'All 199' }).waitFor();
  expect(problems).toEqual([]);
});
