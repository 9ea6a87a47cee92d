import type { Page } from '@playwright/test';

// What runs in the page: each of these is sent there as text, so it may use nothing of this file.

/** Scrolls `selector` by `px` a frame, to and fro, for so long. Answers how many frames were drawn a second. */
export async function scroll(page: Page, selector: string, ms: number, px = 90): Promise<number> {
  return page.evaluate(
    async ([selector, ms, px]) => {
      const element = document.querySelector(selector)!;
      const began = performance.now();
      let frames = 0;
      let step = px;
      await new Promise<void>((done) => {
        const frame = (): void => {
          const before = element.scrollTop;
          element.scrollTop += step;
          if (element.scrollTop === before) step = -step;
          frames++;
          if (performance.now() - began < ms) requestAnimationFrame(frame);
          else done();
        };
        requestAnimationFrame(frame);
      });
      return frames / ((performance.now() - began) / 1_000);
    },
    [selector, ms, px] as const,
  );
}

/** To the last row, page by page: answers when all of them are loaded. */
export async function scrollToEnd(page: Page, selector: string, rows: number): Promise<void> {
  await page.evaluate(
    async ([selector, rows]) => {
      const element = document.querySelector(selector)!;
      const last = (): number =>
        Math.max(
          ...[...element.querySelectorAll<HTMLElement>('[data-index]')].map((row) => Number(row.dataset['index'])),
        );
      while (last() < rows - 1) {
        element.scrollTo(0, element.scrollHeight);
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    [selector, rows] as const,
  );
}

/** When the row of this index, which is brought into sight, shows `text`; ms since the epoch. Null: not within `patience` ms. */
export async function shownAt(
  page: Page,
  row: { index: number; text: string; patience: number },
): Promise<number | null> {
  return page.evaluate(async ({ index, text, patience }) => {
    const grid = document.querySelector('[role=grid]')!;
    grid.scrollTop = Math.max(0, index * 34 - 200);
    return new Promise<number | null>((done) => {
      const timer = setTimeout(() => (observer.disconnect(), done(null)), patience);
      const look = (): void => {
        if (!grid.querySelector(`[data-index="${index}"]`)?.textContent.includes(text)) return;
        observer.disconnect();
        clearTimeout(timer);
        // Drawn with the next frame.
        requestAnimationFrame(() => done(Date.now()));
      };
      const observer = new MutationObserver(look);
      observer.observe(grid, { subtree: true, childList: true, characterData: true });
      look();
    });
  }, row);
}

const staticRow = (n: number): string =>
  `<div class=r><i>Waiting</i><i>picture-${n}.jpg /photos/2024/spring</i><i>Normal</i><i>0</i><i>now</i><i>–</i></div>`;

/** A plain table of so many rows, drawn by the browser alone. */
export function staticTable(rows: number): string {
  const parts = Array.from({ length: Math.ceil(rows / 100) }, (_, part) => {
    const many = Math.min(100, rows - part * 100);
    return `<section>${Array.from({ length: many }, (_, n) => staticRow(part * 100 + n)).join('')}</section>`;
  });
  return `<!doctype html><title>table</title><style>
body { margin: 0; font: 14px system-ui, sans-serif }
#t { height: 100vh; overflow: auto; contain: strict }
section { content-visibility: auto; contain-intrinsic-size: auto 3400px }
.r { display: grid; grid-template-columns: 110px 1fr 90px 90px 120px 120px; height: 33px; border-bottom: 1px solid #ddd }
i { font-style: normal; padding: 6px 10px; overflow: hidden; white-space: nowrap }
</style><div id=t>${parts.join('')}</div>`;
}
