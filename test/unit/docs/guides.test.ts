import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { ERROR_CODES } from '../../../src-core/domain/app-error.ts';
import { settingPaths } from '../../../src-core/settings/load.ts';
import { createProgram } from '../../../src-main/cli/program.ts';
import { membersOf } from '../../support/proc.ts';
import { tempDir } from '../../support/temp-dir.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const GUIDES = ['getting-started', 'performance', 'troubleshooting', 'deployment', 'scaling'] as const;
type Guide = (typeof GUIDES)[number];
const page = (guide: Guide): string => readFileSync(resolve(PROJECT, 'docs', `${guide}.md`), 'utf8');

// Processes on a busy machine: a failure of the program shows much earlier than this.
const RUN = { timeout: 240_000 };

/** Commands of a page, with why they are not run where they are not. */
function blocksOf(guide: Guide): { code: string; notRun: string | undefined }[] {
  const blocks = page(guide).matchAll(/(?:<!-- not run: ([^\n]+) -->\n\n)?^```sh\n(.*?)^```$/gms);
  return [...blocks].map(([, notRun, code = '']) => ({ code, notRun }));
}

/** Runs them in one shell, in the folder of the clone, as whoever reads the page would. Answers what it printed. */
async function runAsWritten(guide: Guide): Promise<string> {
  const folder = await tempDir();
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const main = resolve(PROJECT, 'src-main/cli/main.ts');
  await writeFile(join(bin, 'imagefleet'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
  const runnable = blocksOf(guide).flatMap(({ code, notRun }) => (notRun === undefined ? [code] : []));
  // Another server may have the usual port of this machine.
  const port = await freePort();
  const script = runnable
    .join('')
    .replaceAll(':8000', `:${port}`)
    .replaceAll('imagefleet serve', `imagefleet serve --port ${port}`);
  const shell = spawn('sh', ['-euxc', script], {
    cwd: PROJECT,
    env: {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      IMAGEFLEET_DATA_DIR: join(folder, 'data'),
      TMPDIR: folder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => {
    const left = membersOf(shell.pid!);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect({ guide, left }).toEqual({ guide, left: [] });
  });
  const [stdout, stderr, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
  expect({ guide, code, stderr: code === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ guide, code: 0, stderr: '' });
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('gets somebody started', RUN, async () => {
  const printed = await runAsWritten('getting-started');
  expect(printed).toContain('40');
  expect(printed).toContain('mug-red.jpg');
  expect(printed).toContain('"status":"completed"');
  expect(printed).toMatch(/"results":\[\{.*"product_id":"4711"/);
});

it('shows where time goes', RUN, async () => {
  expect(await runAsWritten('performance')).toContain('waiting');
});

it('looks first where trouble is', RUN, async () => {
  expect(await runAsWritten('troubleshooting')).toMatch(/^ok +queue/m);
});

it('validates a deployment and tries a backup', RUN, async () => {
  const printed = await runAsWritten('deployment');
  expect(printed).toContain('"completed"');
  expect(printed).toContain('FILE_NOT_FOUND');
  expect(printed).toMatch(/^imagefleet_workers\{/m);
});

it('runs what needs only this program', () => {
  const reasons = GUIDES.flatMap((guide) => blocksOf(guide).flatMap(({ notRun }) => notRun ?? []));
  expect(reasons).toEqual(['it is how this program was installed', 'it needs Docker', 'it needs a cluster']);
});

it('has a section for each error code, and for nothing else', () => {
  const codes = [...page('troubleshooting').matchAll(/^### `(\w+)`\n\n(?=\S)/gm)].map(([, code]) => code);
  expect(codes.toSorted()).toEqual(ERROR_CODES.toSorted());
});

it.each(GUIDES)('names in %s only what there is', (guide) => {
  const guideText = page(guide);
  const links = [...guideText.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link!);
  expect(links.filter((link) => !existsSync(resolve(PROJECT, 'docs', link)))).toEqual([]);

  const settings = new Map(settingPaths());
  const sections = new Set([...settings.keys()].map((path) => path.split('.')[0]));
  const dotted = [...guideText.matchAll(/`([a-z]+)\.([a-z]+(?:[A-Z][a-z]+)*)(?=[`:=])/g)];
  const named = dotted.flatMap(([, section, name]) => (sections.has(section) ? [`${section}.${name}`] : []));
  expect(named.filter((path) => !settings.has(path) && !/\.(md|db|json|yaml)$/.test(path))).toEqual([]);

  const benches = readFileSync(resolve(PROJECT, 'test/bench/run.ts'), 'utf8');
  const used = [...guideText.matchAll(/npm run bench -- ([a-z-]+)/g)].map(([, name]) => name!);
  expect(used.filter((name) => !new RegExp(`^  '?${name}'?: async`, 'm').test(benches))).toEqual([]);

  for (const [, line = ''] of guideText.matchAll(/(?:^|`|\()imagefleet ([a-z][^\n`)]*)/gm)) expectKnown(line);
});

const program = createProgram(async () => {}, {
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  env: {},
  onInterrupt: () => () => {},
  exit: () => {},
}) as unknown as Command;

/** Command and options of a line are those that there are. */
function expectKnown(line: string): void {
  const words = line.split(/[|&;]/)[0]!.trim().split(/\s+/);
  const command = program.commands.find((each) => each.name() === words[0]);
  expect({ line, known: command !== undefined }).toEqual({ line, known: true });
  const sub = command!.commands.find((each) => each.name() === words[1]);
  const owners = [program, command!, ...(sub ? [sub] : [])];
  const known = new Set(owners.flatMap(({ options }) => options.map(({ long }) => long)));
  const given = words.filter((word) => /^--\w/.test(word)).map((word) => word.split('=')[0]!);
  expect({ line, unknown: given.filter((option) => !known.has(option)) }).toEqual({ line, unknown: [] });
}
