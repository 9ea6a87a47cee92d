import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { AppError } from '../../src-core/domain/app-error.ts';

/**
 * The script of a child process: its source, run by type stripping, when this program runs from its sources, else the
 * file that the bundler put beside the program. `here` is this very file, wherever it was bundled into.
 */
export function entryFile(name: 'worker' | 'finder', here: string = import.meta.filename): string {
  const folder = dirname(here);
  const file =
    extname(here) === '.ts'
      ? join(folder, '..', '..', 'src-worker', `${name}.ts`)
      : join(basename(folder) === 'chunks' ? dirname(folder) : folder, `${name}.js`);
  if (existsSync(file)) return file;
  throw new AppError('INTERNAL', `${file} is missing: this installation is not complete (npm run build makes it)`);
}
