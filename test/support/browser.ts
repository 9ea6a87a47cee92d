import { chromium, type Browser, type Page } from '@playwright/test';
import { afterAll, onTestFinished } from 'vitest';

/** One for all tests of a file, each with a context of its own: as good as another person's browser, and there at once. */
let browser: Promise<Browser> | undefined;
afterAll(async () => (await browser)?.close());

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * A page in Debian's Chromium for the running test, asked for no movement: nothing has to be waited for that only slides
 * in. `problems` collects every console error, warning and page error.
 */
export async function openPage(
  colorScheme: 'light' | 'dark',
  viewport: { width: number; height: number },
): Promise<{ page: Page; problems: string[] }> {
  browser ??= launch();
  const context = await (await browser).newContext({ colorScheme, viewport, reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  return { page, problems };
}
