import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { openPage, serveFolder } from '../support/browser.ts';

const root = resolve(import.meta.dirname, '../..');

it.each([
  ['light', 1_440, 900],
  ['dark', 1_024, 700],
] as const)('shows the built page in a real Chromium, %s at %i×%i', async (scheme, width, height) => {
  const address = await serveFolder(resolve(root, 'out/renderer'));
  const { page, problems } = await openPage(scheme, { width, height });
  await page.goto(address);
  await page.getByRole('heading', { name: 'Imagefleet' }).waitFor();
  expect(await page.getByText('bin/imagefleet index FOLDER').isVisible()).toBe(true);
  const [scroll, client] = await page.evaluate(() => [document.body.scrollWidth, document.body.clientWidth]);
  expect(scroll).toBe(client);
  await page.screenshot({ path: resolve(root, 'test-results', `placeholder-${scheme}-${width}.png`) });
  expect(problems).toEqual([]);
});
