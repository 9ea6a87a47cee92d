import { expect, it } from 'vitest';
import { openPage } from '../../support/browser.ts';
import { testServer } from './test-server.ts';

it('lets a person read and try every call, under its own strict policy', { timeout: 60_000 }, async () => {
  const { app, console } = await testServer({}, { token: null });
  await console.ensureCatalog('shoes');
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { page, problems } = await openPage('dark', { width: 1024, height: 700 });
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) foreign.push(request.url());
  });
  await page.goto(`${url}/docs`);
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
  const calls = page.locator('#operations > section > details');
  await calls.first().waitFor();
  expect(await calls.count()).toBe(Object.values(paths).reduce((sum, item) => sum + Object.keys(item).length, 0));

  await page.getByLabel('Find').fill('get /catalogs/{catalog}');
  await calls.getByText('One catalog').click();
  await page.getByLabel('catalog').fill('shoes');
  await page.getByRole('button', { name: 'Send' }).click();
  const answer = calls.getByRole('status');
  await expect.poll(() => answer.first().innerText()).toMatch(/^200 OK in \d+ ms\s+\{\s+"id": /);
  expect(await calls.locator('pre').first().innerText()).toContain(`'${url}/catalogs/shoes'`);

  await page.getByLabel('Find').fill('a new catalog');
  await calls.getByText('A new catalog').click();
  await page.getByLabel('body').fill('{"name": "<b>it’s</b>"}');
  expect(await calls.locator('pre').first().innerText()).toContain(`-d '{"name": "<b>it’s</b>"}'`);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => calls.getByRole('status').innerText()).toMatch(/^400 Bad Request[^]*INVALID_INPUT/);
  // A refusal is an error for the browser's log too; nothing else is.
  expect(problems.filter((text) => !text.includes('status of 400'))).toEqual([]);
  expect(foreign).toEqual([]);
});
