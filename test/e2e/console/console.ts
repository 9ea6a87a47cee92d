import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, onTestFinished } from 'vitest';
import { openPage } from '../../support/browser.ts';
import { startServe } from '../../support/serve.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNumbersOfApi } from './at-rest.ts';

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
 * error, warning and page error; `expectProblems` takes those out that it means to cause. It also fails where it ends at
 * rest, and numbers on the screen are others than the API's.
 */
export async function openConsole(options: ConsoleOptions = {}) {
  const { scheme = 'light', viewport = { width: 1_440, height: 900 }, args = [], path = '/overview' } = options;
  const dataDir = options.dataDir ?? (await tempDir());
  const serve = await startServe(dataDir, ...args);
  let running: typeof serve | null = serve;
  async function stop(): Promise<void> {
    const stopped = running;
    running = null;
    await stopped?.stop();
  }
  onTestFinished(stop);
  const ask = async <T>(path: string) => (await (await serve.get(path)).json()) as T;
  function expectNumbersAtEnd(): void {
    onTestFinished(async ({ task }) => {
      if (running && task.result?.state !== 'fail') await expectNumbersOfApi(page, ask);
    });
  }
  const { page, problems } = await openPage(scheme, viewport);
  const expected: RegExp[] = [];
  onTestFinished(() => {
    expect(problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)))).toEqual([]);
  });
  expectNumbersAtEnd();
  const link = (await (await serve.post('/sign-in/link', {})).json()) as { path: string };
  await page.goto(serve.url + link.path);
  await goTo(page, path);
  return {
    ...serve,
    /** Also done when the test ends. */
    stop,
    /** After `stop`: on the same port, with the same data. */
    async startAgain(): Promise<void> {
      running = await startServe(dataDir, ...args, '--port', new URL(serve.url).port);
      onTestFinished(stop);
      expectNumbersAtEnd();
    },
    page,
    dataDir,
    problems,
    expectProblems: (pattern: RegExp) => void expected.push(pattern),
    /** What the API answers, as the token's owner gets it. */
    ask,
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

/** A trusted drag of a file or a folder over the window, as from a file manager. Answers what drops it. */
export async function dragOver(page: Page, path: string): Promise<() => Promise<void>> {
  const client = await page.context().newCDPSession(page);
  async function send(type: 'dragEnter' | 'dragOver' | 'drop'): Promise<void> {
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    await client.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
  }
  await send('dragEnter');
  await send('dragOver');
  return () => send('drop');
}

/** The rules whose answer depends on colours: what has passed all others in one theme has passed them in both. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * There is no frame in the console, so that axe need not put its findings together in a page of its own ("legacy"), and
 * nobody reads what has passed: without both it takes a quarter of the time.
 */
function axeOf(page: Page, rules?: readonly string[]): AxeBuilder {
  const runOnly = rules && { runOnly: { type: 'rule' as const, values: [...rules] } };
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'], ...runOnly });
}

/** axe finds nothing on what is shown, dark and light. */
export async function expectNoViolations(page: Page, schemes: readonly Scheme[] = ['dark', 'light']): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    // Colours that are on their way to others have no contrast to speak of.
    await page.evaluate(async () => {
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    });
    const { violations } = await axeOf(page, colorScheme === schemes[0] ? undefined : OF_COLOURS).analyze();
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }));
    expect({ colorScheme, found }).toEqual({ colorScheme, found: [] });
  }
}

export type OpenedConsole = Awaited<ReturnType<typeof openConsole>>;
