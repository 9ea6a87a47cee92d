import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it, vi } from 'vitest';
import type { Cli } from '../../../src-main/cli/cli.ts';
import { showProgress } from '../../../src-main/cli/progress.ts';
import type { Progress } from '../../../src-main/cli/progress-line.ts';

const progress = (done: number): Progress => ({
  discovered: 9,
  done,
  failed: 0,
  walking: false,
  rate: null,
  note: null,
});

const fail = (error: unknown): void => expect.unreachable(String(error));

/** The parts of a Cli that a progress line uses, with a terminal that remembers what was written. */
function terminal() {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 60, rows: 10 });
  let written = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (written += text));
  let sink: ((text: string) => void) | null = null;
  const cli = {
    io: { stderr },
    color: false,
    divertLog: (other: typeof sink) => {
      sink = other;
    },
  } as unknown as Cli;
  return { cli, written: () => written, log: (text: string) => sink?.(text), diverted: () => sink !== null };
}

it('renews one line in a terminal, puts log lines above it and leaves nothing', async () => {
  const { cli, written, log, diverted } = terminal();
  let done = 0;
  const view = await showProgress(cli, async () => progress(done++), fail);
  await vi.waitFor(() => expect(written()).toContain('0/9 (0%)'));
  log('a warning\n');
  await vi.waitFor(() => expect(written()).toContain('1/9 (11%)'));
  await view.stop();
  await view.stop();

  const lines = stripVTControlCharacters(written()).split('\n');
  expect(lines).toContain('a warning');
  const erased = '\u001B[2K';
  expect(written().split('0/9 (0%)')[1]).toMatch(new RegExp(`^\n?.*${erased.replace('[', String.raw`\[`)}`, 's'));
  expect(written().trimEnd().endsWith('(11%)')).toBe(false);
  expect(diverted()).toBe(false);
});

it('hands over what reading throws, once', async () => {
  const { cli } = terminal();
  const errors: unknown[] = [];
  const failure = new Error('queue is gone');
  const view = await showProgress(
    cli,
    () => Promise.reject(failure),
    (error) => errors.push(error),
  );
  await vi.waitFor(() => expect(errors).toEqual([failure]));
  await view.stop();
});
