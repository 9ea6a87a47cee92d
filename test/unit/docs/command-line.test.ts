import type { Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createProgram } from '../../../src-main/cli/program.ts';

const program = createProgram(async () => {}, {
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  env: {},
  onInterrupt: () => () => {},
  exit: () => {},
}) as unknown as Command;

const text = await readFile(resolve(import.meta.dirname, '../../../docs/command-line.md'), 'utf8');

/** The part of the page under a heading, down to the next one. */
function section(heading: string): string {
  const [, after] = text.split(`\n${heading}\n`);
  if (after === undefined) throw new Error(`docs/command-line.md lacks the heading: ${heading}`);
  return after.split(/\n#+ /)[0] ?? '';
}

const row = ({ flags, description, defaultValue, argChoices }: Option): string => {
  const notes = [argChoices?.join(', '), defaultValue === undefined ? '' : `default \`${String(defaultValue)}\``];
  return `| \`${flags.replaceAll('|', '\\|')}\` | ${[description, ...notes].filter(Boolean).join('; ')} |`;
};

/** Prettier pads the cells; the content is what counts. */
const tableRows = (part: string): string[] =>
  part
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replaceAll(/ +/g, ' '));

function headings({ commands }: Command, before: string): [string, Command][] {
  return commands.flatMap((command): [string, Command][] => {
    const args = command.registeredArguments.map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      return argument.required ? `<${name}>` : `[${name}]`;
    });
    const name = `${before} ${command.name()}`;
    return [[`## \`${[name, ...args].join(' ')}\``, command], ...headings(command, name)];
  });
}

it('lists the options that all commands share', () => {
  expect(tableRows(section('## For all commands'))).toEqual(program.options.map(row));
});

it.each(headings(program, 'imagefleet'))('says of %s what its help says', (heading, command) => {
  const part = section(heading);
  expect(part).toContain(command.description());
  expect(tableRows(part)).toEqual(command.options.map(row));
});

it('shows no command that is not there', () => {
  const shown = text.split('\n').filter((line) => line.startsWith('## `'));
  expect(shown).toEqual(headings(program, 'imagefleet').map(([heading]) => heading));
});
