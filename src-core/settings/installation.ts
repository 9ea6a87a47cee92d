import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder that holds this program's package.json and `resources/`: above `src-core/` in the source tree, above
 * `out/main/` in a build.
 */
export function installationRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** Version of the program, from its package.json. */
export function installedVersion(): string {
  const text = readFileSync(join(installationRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
