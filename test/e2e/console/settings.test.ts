import { expect, it } from 'vitest';
import { startRedis } from '../../support/redis-server.ts';
import { expectNoViolations, goTo, openConsole } from './console.ts';

const TEST = { timeout: 180_000 };

interface Told {
  settings: Record<string, { value: unknown; next: unknown; is_set: boolean; is_saved: boolean }>;
}

it('keeps a change over a restart, and says from when on it holds', TEST, async () => {
  const { page, stop, startAgain, ask, expectProblems } = await openConsole({
    args: ['--workers', '0'],
    path: '/settings?group=limits',
  });
  const setting = async (path: string) => (await ask<Told>('/settings')).settings[path]!;
  const field = page.getByRole('textbox', { name: 'limits.decodeMs', exact: true });
  await field.fill('5');
  await page.getByText('See what is marked').waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await field.fill('45000');
  await page.getByText('45 s', { exact: true }).waitFor();
  await page.getByText('1 change', { exact: true }).waitFor();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Logs' }).click();
  const question = page.getByRole('dialog', { name: 'Leave without saving 1 change?' });
  await expectNoViolations(page);
  await question.getByRole('button', { name: 'Stay' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await page.evaluate(() => window.location.hash)).toBe('#/settings?group=limits');
  const asked = new Promise<string>((resolve) => {
    page.once('dialog', (dialog) => {
      resolve(dialog.type());
      void dialog.dismiss();
    });
  });
  await page.evaluate(() => window.location.reload());
  expect(await asked).toBe('beforeunload');
  expect(await field.inputValue()).toBe('45,000');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('1 setting saved').waitFor();
  await page.getByText('From the next start; now: 30,000').waitFor();
  await page.getByText('1 setting holds from the next start of this server.').waitFor();
  expect(await setting('limits.decodeMs')).toMatchObject({ value: 30_000, next: 45_000, is_saved: true });

  await stop();
  expectProblems(/Failed to load resource|ERR_/);
  await startAgain();
  await page.getByText('From the next start; now: 30,000').waitFor({ state: 'detached', timeout: 60_000 });
  expect(await field.inputValue()).toBe('45,000');
  expect(await setting('limits.decodeMs')).toMatchObject({ value: 45_000, next: 45_000 });

  await page.getByRole('button', { name: 'Reset limits.decodeMs to its default' }).click();
  await page.getByText('Its default, once it is saved').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('From the next start; now: 45,000').waitFor();
  expect(await setting('limits.decodeMs')).toMatchObject({ next: 30_000, is_saved: false });
});

it('says what is wrong at its field, and shows no secret', TEST, async () => {
  const { page, ask } = await openConsole({ args: ['--workers', '0'], path: '/settings?group=connections' });
  await page.getByRole('textbox', { name: 'redis.url' }).fill('http://queue');
  await page.getByText(/must begin with redis:/).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText(/must begin with redis:/).waitFor({ state: 'detached' });
  await page.getByLabel('qdrant.apiKey', { exact: true }).fill('very-secret');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByPlaceholder('Set; type to replace it').waitFor();
  expect(await page.content()).not.toContain('very-secret');
  const { settings } = await ask<Told>('/settings');
  expect(settings['qdrant.apiKey']).toMatchObject({ value: null, next: null, is_saved: true });

  await goTo(page, '/settings?group=folders');
  await page.getByText('Set by IMAGEFLEET_PATHS_ALLOW_ROOTS, a flag or the settings file').waitFor();
  expect(await page.getByLabel('paths.allowRoots', { exact: true }).isDisabled()).toBe(true);
  await page.getByRole('searchbox', { name: 'Name or description' }).fill('workers');
  await page.waitForURL(/text=workers/);
  const told = Object.keys(settings);
  expect(await page.locator('main code', { hasText: '.' }).count()).toBeLessThan(told.length);
  await page.getByText('fleet.workers', { exact: true }).waitFor();
});

it('shows every setting of the API', TEST, async () => {
  const { page, ask } = await openConsole({ args: ['--workers', '0'], path: '/settings' });
  const { settings } = await ask<Told>('/settings');
  const groups = page.getByRole('navigation', { name: 'Groups of settings' }).getByRole('link');
  const names = page.locator('main li:has(button[aria-label^="Copy IMAGEFLEET"]) code');
  const seen: string[] = [];
  for (const group of await groups.all()) {
    await group.click();
    const [, name, count] = /^(.*\S)\s+(\d+)$/s.exec(await group.innerText())!;
    await page.getByRole('heading', { name: name!, level: 2 }).waitFor();
    const shown = await names.allInnerTexts();
    expect([name, shown.length]).toEqual([name, Number(count)]);
    seen.push(...shown);
    if (name === 'Models') {
      await page.getByRole('button', { name: 'Measure execution providers' }).click();
      await page.getByText(/^\d[\d.,]* pictures\/s$/).waitFor();
    }
    if (['Connections', 'Models', 'Folders'].includes(name!)) await expectNoViolations(page);
  }
  expect(seen.toSorted()).toEqual(Object.keys(settings).toSorted());
});

it('tries the servers that are typed, and says which step fails', TEST, async () => {
  const { url: redis } = await startRedis();
  const { page } = await openConsole({ args: ['--workers', '0'], path: '/settings?group=connections' });
  const test = page.getByRole('button', { name: 'Test connections' });
  expect(await test.isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'redis.url' }).fill(redis);
  await page.getByRole('textbox', { name: 'qdrant.url' }).fill('http://127.0.0.1:9');
  await test.click();
  await page.getByText('Redis can be used').waitFor();
  await page.getByText('Qdrant cannot be used').waitFor();
  await page.getByText(/ECONNREFUSED|nothing listens|refused/i).waitFor();
  await expectNoViolations(page);
});
