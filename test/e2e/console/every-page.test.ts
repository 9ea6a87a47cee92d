import type { Page } from '@playwright/test';
import { expect, it } from 'vitest';
import { expectNoViolations, goTo, openConsole } from './console.ts';
import { importSamples, PAGES, SAMPLES } from './scenes.ts';

const TEST = { timeout: 300_000 };
const SIZES = [
  { width: 1_440, height: 900 },
  { width: 1_024, height: 700 },
];
/** More than any page has. */
const MOST_TABS = 400;

it('shows every page in both themes and sizes without a violation, and all of it to the keyboard', TEST, async () => {
  const console = await openConsole({ args: ['--workers', '1', '--allow-root', SAMPLES] });
  await importSamples(console);
  const { page } = console;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const name of PAGES) {
    await goTo(page, `/${name}`);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await expectNoViolations(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect({ name, size, wide }).toEqual({ name, size, wide: 0 });
    }
    expect({ name, left: await notReached(page) }).toEqual({ name, left: [] });
  }
});

/** What can be used on the page, and Tab does not lead to, or leads to without showing it. */
async function notReached(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    const usable = 'a[href], button, input, select, textarea, [tabindex="0"]';
    const elements = [...document.querySelectorAll<HTMLElement>(usable)].filter(
      // Of radio buttons Tab leads to the chosen one, and arrows to the others.
      (element) => element.tabIndex >= 0 && !element.matches(':disabled, [type=radio]') && element.checkVisibility(),
    );
    Object.assign(window, { wanted: new Set(elements), hidden: [] });
  });
  for (let tab = 0; tab < MOST_TABS; tab++) {
    await page.keyboard.press('Tab');
    const isDone = await page.evaluate(() => {
      const { wanted, hidden } = window as unknown as { wanted: Set<Element>; hidden: string[] };
      const element = document.activeElement!;
      if (element === document.body) return wanted.size === 0;
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      const isShown = outlineStyle !== 'none' || boxShadow !== 'none' || element.matches('input');
      if (!isShown) hidden.push(element.outerHTML.slice(0, 200));
      wanted.delete(element);
      return wanted.size === 0;
    });
    if (isDone) break;
  }
  return page.evaluate(() => {
    const { wanted, hidden } = window as unknown as { wanted: Set<Element>; hidden: string[] };
    return [...hidden, ...[...wanted].filter((one) => one.isConnected).map((one) => one.outerHTML.slice(0, 200))];
  });
}
