import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { errorRows, settingRows } from '../../support/doc-tables.ts';

const doc = (name: string): Promise<string> => readFile(resolve(import.meta.dirname, '../../../docs', name), 'utf8');

const tableRows = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('| `'));

/** Prettier pads the cells; the content is what counts. */
const squeeze = (rows: string[]): string[] => rows.map((line) => line.replaceAll(/ +/g, ' '));

it('lists every error code with what to do, as the code has it', async () => {
  expect(squeeze(tableRows(await doc('errors.md')))).toEqual(squeeze(errorRows()));
});

it('lists every setting with its variable and default, as the schema has it', async () => {
  expect(squeeze(tableRows(await doc('configuration.md')))).toEqual(squeeze(settingRows()));
});
