import { expect, it } from 'vitest';
import { firstLoad } from './built-files.ts';

const KB = 1_000;

it('loads little code before the first page is shown', () => {
  const files = firstLoad();
  const total = files.reduce((sum, { gzipped }) => sum + gzipped, 0);
  process.stdout.write(`first load: ${(total / KB).toFixed(0)} kB of JavaScript after gzip in ${files.length} files\n`);
  expect(files.length).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(50 * KB);
  expect(total).toBeLessThan(350 * KB);
});
