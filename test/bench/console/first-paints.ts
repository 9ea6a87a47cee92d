import type { BrowserContext } from '@playwright/test';

const LOADS = 7;

/** ms from asking for the page until its first numbers are drawn, each time in a new tab; the browser's cache is off. */
export async function firstPaints(context: BrowserContext, url: string): Promise<number[]> {
  const paints: number[] = [];
  for (let load = 0; load < LOADS; load++) {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
    await page.addInitScript(noteNumbers);
    await page.goto(`${url}/#/overview`);
    const drawn = await page.waitForFunction(() => (window as { usefulAt?: number }).usefulAt);
    paints.push((await drawn.jsonValue()) ?? Number.NaN);
    await page.close();
  }
  return paints;
}

/** In the page: a tile of the overview with its number, and the frame after it. */
function noteNumbers(): void {
  const observer = new MutationObserver(() => {
    const isUseful = [...document.querySelectorAll('main li a')].some(({ textContent }) => /\d/.test(textContent));
    if (!isUseful) return;
    observer.disconnect();
    requestAnimationFrame(() => ((window as { usefulAt?: number }).usefulAt = performance.now()));
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true });
}
