import { expect, it, vi } from 'vitest';
import { cliInProcess } from '../support/cli.ts';
import { startServe, WAIT } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Who asks more often with what is no token yet is taken for one who guesses. */
const SELDOM = { ...WAIT, interval: 500 };

it('takes a token that is made while it runs, and the old one no more', { timeout: 120_000 }, async () => {
  const data = await tempDir();
  const { url, token, stop } = await startServe(data, '--workers', '0');
  const statusOf = async (value: string) =>
    (await fetch(`${url}/queue/stats`, { headers: { authorization: `Bearer ${value}` } })).status;
  expect(await statusOf(token)).toBe(200);
  const rotated = (await cliInProcess(data, 'token', '--rotate')).stdout.trim();
  await vi.waitFor(async () => expect(await statusOf(rotated)).toBe(200), SELDOM);
  expect(await statusOf(token)).toBe(401);
  const read = (await cliInProcess(data, 'token', '--read-only')).stdout.trim();
  await vi.waitFor(async () => expect(await statusOf(read)).toBe(200), SELDOM);
  await stop();
});
