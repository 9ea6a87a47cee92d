import { chromium, type Page } from '@playwright/test';
import { onTestFinished } from 'vitest';

/** A page in Debian's Chromium for the running test. `problems` collects every console error, warning and page error. */
export async function openPage(
  colorScheme: 'light' | 'dark',
  viewport: { width: number; height: number },
): Promise<{ page: Page; problems: string[] }> {
  const browser = await chromium.launch({
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
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ colorScheme, viewport });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  return { page, problems };
}
