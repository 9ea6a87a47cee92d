import type { CDPSession } from '@playwright/test';

const EVERY_MS = 5_000;
const MEGABYTE = 1e6;

/**
 * The heap of a page, collected every few seconds for so long, in MB. `growth`: the mean of the last third, of that of the
 * second third; in the first one, what is used for the first time is still being compiled and kept.
 */
export async function heapOver(cdp: CDPSession, minutes: number, meanwhile: () => Promise<unknown>) {
  const megabytes: number[] = [];
  const end = Date.now() + minutes * 60_000;
  while (Date.now() < end) {
    await cdp.send('HeapProfiler.collectGarbage');
    megabytes.push((await cdp.send('Runtime.getHeapUsage')).usedSize / MEGABYTE);
    await meanwhile();
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
  const third = Math.floor(megabytes.length / 3);
  return { megabytes, growth: mean(megabytes.slice(-third)) / mean(megabytes.slice(third, 2 * third)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
