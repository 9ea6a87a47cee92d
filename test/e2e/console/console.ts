import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, onTestFinished } from 'vitest';
import { openPage } from '../../support/browser.ts';
import { startServe } from '../../support/serve.ts';
import { tempDir } from '../../support/temp-dir.ts';

export type Scheme = 'light' | 'dark';

export interface ConsoleOptions {
  scheme?: Scheme;
  viewport?: { width: number; height: number };
  /** Of `imagefleet serve`. */
  args?: readonly string[];
  /** Of an earlier server; without one, an empty one. */
  dataDir?: string;
  /** `/tasks?state=failed`, behind the hash. */
  path?: string;
}

/**
 * A real `imagefleet serve` with a real Chromium that has signed in by a one-time link. The test fails on every console
 * error, warning and page error; `expectProblems` takes those out that it means to cause.
 */
export async function openConsole(options: ConsoleOptions = {}) {
  const { scheme = 'light', viewport = { width: 1_440, height: 900 }, args = [], path = '/overview' } = options;
  const dataDir = options.dataDir ?? (await tempDir());
  const serve = await startServe(dataDir, ...args);
  let isStopped = false;
  async function stop(): Promise<void> {
    if (isStopped) return;
    isStopped = true;
    await serve.stop();
  }
  onTestFinished(stop);
  const { page, problems } = await openPage(scheme, viewport);
  const expected: RegExp[] = [];
  onTestFinished(() => {
    expect(problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)))).toEqual([]);
  });
  const link = (await (await serve.post('/sign-in/link', {})).json()) as { path: string };
  await page.goto(serve.url + link.path);
  await goTo(page, path);
  return {
    ...serve,
    /** Also done when the test ends. */
    stop,
    page,
    dataDir,
    problems,
    expectProblems: (pattern: RegExp) => void expected.push(pattern),
    /** What the API answers, as the token's owner gets it. */
    ask: async <T>(path: string) => (await (await serve.get(path)).json()) as T,
  };
}

/** Another page of the console, shown and without anything that is still on its way. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => (window.location.hash = hash), `#${path}`);
  await settled(page);
}

/** The head of a page stands, and no skeleton or bar of waiting. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.getByText('Connected', { exact: true }).waitFor();
  await page.locator('main [role=status][aria-label=Loading]').waitFor({ state: 'detached' });
}

/** axe finds nothing on what is shown, dark and light. */
export async function expectNoViolations(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    // Colours that are on their way to others have no contrast to speak of.
    await page.evaluate(async () => {
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }));
    expect({ colorScheme, found }).toEqual({ colorScheme, found: [] });
  }
}

export type OpenedConsole = Awaited<ReturnType<typeof openConsole>>;
