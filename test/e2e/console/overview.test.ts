import { resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { formatBytes } from '../../../src-renderer/lib/format.ts';
import { expectNoViolations, openConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };
const SAMPLES = resolve(import.meta.dirname, '../../../resources/samples');

it('says what to do while nothing is indexed', TEST, async () => {
  const { page } = await openConsole({ args: ['--workers', '0'] });
  await page.getByRole('heading', { name: 'Nothing is indexed yet' }).waitFor();
  await expectNoViolations(page);
  await page.getByRole('link', { name: 'Go to Imports' }).click();
  await page.getByRole('heading', { name: 'Set up Imagefleet', level: 1 }).waitFor();
});

it('shows the numbers of the API after an import', TEST, async () => {
  const { page, post, ask } = await openConsole({ args: ['--workers', '1', '--allow-root', SAMPLES] });
  expect((await post('/imports', { path: SAMPLES })).status).toBe(201);
  await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: { state: string }[] }>('/imports');
    expect(imports.map(({ state }) => state)).toEqual(['completed']);
  }, WAIT);
  const stats = await ask<StatsDocument>('/queue/stats');
  expect(stats.counts.completed).toBeGreaterThan(0);
  const tile = (name: string) => page.locator('main').getByRole('link', { name });
  await vi.waitFor(async () => {
    expect(await tile('Completed').innerText()).toContain(String(stats.counts.completed));
    expect(await tile('Waiting').first().innerText()).toContain('0');
    expect(await tile('Pictures').innerText()).toContain(String(stats.counts.completed));
    const { store } = (await ask<StatsDocument>('/queue/stats')).backends;
    expect(await tile('Store size').innerText()).toContain(formatBytes(store.bytes!));
    expect(await tile('Store latency').innerText()).toMatch(/\d ms/);
  }, WAIT);
  await page.locator('main canvas').first().waitFor();
  await expectNoViolations(page);
  await page.getByText('24 h', { exact: true }).click();
  await page.waitForURL(/#\/overview\?range=24h$/);
});

it('heals by itself after the server was started again', TEST, async () => {
  const { page, stop, startAgain, expectProblems } = await openConsole({ args: ['--workers', '0'] });
  expectProblems(/Failed to load resource|ERR_/);
  await page.evaluate(() => Object.assign(window, { sameVisit: true }));
  await stop();
  await page.getByRole('alert').getByText('The connection to the server is lost.').waitFor();
  await startAgain();
  await page.getByText('Connected', { exact: true }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await page.evaluate(() => 'sameVisit' in window)).toBe(true);
});

it('asks for the token where nobody has signed in', TEST, async () => {
  const { page, url, token, expectProblems } = await openConsole({ args: ['--workers', '0'] });
  expectProblems(/401/);
  await page.context().clearCookies();
  await page.goto(`${url}/?again`);
  await page.getByLabel('Token', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is not the token of this server.').waitFor();
  await expectNoViolations(page);
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
});
