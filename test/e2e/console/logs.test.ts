import type { Page } from '@playwright/test';
import { expect, it, vi } from 'vitest';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, goTo, openConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

interface Line {
  seq: number;
  level: number;
  message: string;
  fields: Record<string, unknown>;
}

const grid = (page: Page) => page.getByRole('grid', { name: 'Log lines' });
const lines = (page: Page) => grid(page).locator('[data-index]');

it('follows the log, holds it and filters it', TEST, async () => {
  const folder = await tempDir();
  await makePictures(folder, 3);
  const { page, post, ask } = await openConsole({
    args: ['--workers', '1', '--allow-root', folder, '--log-level', 'debug'],
    path: '/logs?level=debug',
  });
  const logged = async (query: string) => (await ask<{ lines: Line[] }>(`/logs?limit=2000&${query}`)).lines;
  await page.getByText('Live', { exact: true }).waitFor();
  // Lines come in while nobody has asked for anything again.
  await post('/imports', { path: folder });
  await lines(page).filter({ hasText: 'POST /imports' }).first().waitFor();
  await expectNoViolations(page);

  await page.getByRole('button', { name: 'Pause', exact: true }).nth(-1).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  const held = await grid(page).getAttribute('aria-rowcount');
  await post('/imports', { path: folder });
  await page.getByRole('button', { name: /\d+ new lines?/ }).waitFor();
  expect(await grid(page).getAttribute('aria-rowcount')).toBe(held);
  await page.getByRole('button', { name: /\d+ new lines?/ }).click();
  await page.getByText('Live', { exact: true }).waitFor();

  // The worker is killed: the host warns of it.
  const { workers } = await ask<{ workers: { pid: number; worker_id: string }[] }>('/fleet');
  process.kill(workers[0]!.pid, 'SIGKILL');
  await goTo(page, '/logs?level=warn');
  await lines(page).filter({ hasText: 'a worker has ended' }).waitFor();
  await goTo(page, `/logs?level=warn&worker=${workers[0]!.worker_id}`);
  await vi.waitFor(async () => {
    const told = (await logged(`level=warn&worker_id=${workers[0]!.worker_id}`)).length;
    expect(told).toBeGreaterThan(0);
    expect(Number(await grid(page).getAttribute('aria-rowcount')) - 1).toBe(told);
  }, WAIT);
  await page.getByRole('searchbox', { name: 'Text in the line' }).fill('nothing has this in it');
  await page.waitForURL(/text=nothing/);
  await page.getByRole('heading', { name: 'No line matches' }).waitFor();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await page.waitForURL(/#\/logs$/);
});

it('opens a line by keyboard, and copies it as JSON', TEST, async () => {
  const { page, ask } = await openConsole({
    args: ['--workers', '1', '--log-level', 'debug'],
    path: '/logs?level=debug',
  });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await lines(page).first().waitFor();
  await grid(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: 'Copy the line as JSON' }).click();
  await drawer.getByText('Copied').waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as Line;
  const all = (await ask<{ lines: Line[] }>('/logs?limit=2000&level=debug')).lines;
  expect(all).toContainEqual(copied);
  await expectNoViolations(page);
});
