import type { Locator, Page } from '@playwright/test';
import { expect } from 'vitest';

/** More than any page has. */
const MOST_TABS = 400;

/** Presses Tab until the focus is on it, and is to be seen there. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  // Of a radio button only its label can be seen.
  await target.waitFor({ state: 'attached' });
  for (let tab = 0; tab < MOST_TABS; tab++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      expect(await target.evaluate(isFocusShown)).toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}`);
}

/** Presses Tab until the focus is on it, then Enter. */
export async function enterOn(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

/** In the page: the element has the focus, and looks so. */
function isFocusShown(element: Element): boolean {
  const { outlineStyle, boxShadow } = getComputedStyle(element);
  return outlineStyle !== 'none' || boxShadow !== 'none' || element.matches('input');
}

interface Walk {
  wanted: Set<Element>;
  hidden: string[];
  isFocusShown: typeof isFocusShown;
}

/** What can be used on the page, and Tab does not lead to, or leads to without showing it. */
export async function notReached(page: Page): Promise<string[]> {
  await page.evaluate(`window.isFocusShown = ${String(isFocusShown)}`);
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
      const { wanted, hidden, isFocusShown: shown } = window as unknown as Walk;
      const element = document.activeElement!;
      if (element === document.body) return wanted.size === 0;
      if (!shown(element)) hidden.push(element.outerHTML.slice(0, 200));
      wanted.delete(element);
      return wanted.size === 0;
    });
    if (isDone) break;
  }
  return page.evaluate(() => {
    const { wanted, hidden } = window as unknown as Walk;
    return [...hidden, ...[...wanted].filter((one) => one.isConnected).map((one) => one.outerHTML.slice(0, 200))];
  });
}
