import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { DIFFERENCES } from '../../../../src-main/services/verify/difference.ts';

it('has its kinds in the docs as the code has them', async () => {
  const text = await readFile(resolve(import.meta.dirname, '../../../../docs/command-line.md'), 'utf8');
  const part = text.split('\n### What verify finds\n')[1]?.split(/\n#+ /)[0] ?? '';
  const rows = part.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.map((row) => row.replaceAll(/ +/g, ' '))).toEqual(
    Object.entries(DIFFERENCES).map(([kind, { meaning, fix }]) => `| \`${kind}\` | ${meaning} | ${fix} |`),
  );
});
