import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PackageOptions {
  /** Of the tarball, as npm writes it: "sha512-…". What differs is refused. */
  integrity: string;
  /** A folder inside the package; nothing else is unpacked. */
  only: string;
}

/**
 * Fetches one exact version (`name@1.2.3`) from npm without installing it, and unpacks `only` of it into `cache`. Answers
 * the unpacked folder; a second call finds it there. Throws when npm cannot be reached.
 */
export async function npmPackage(spec: string, cache: string, { integrity, only }: PackageOptions): Promise<string> {
  const folder = join(cache, spec.replaceAll(/[^\w.-]/g, '-'));
  const wanted = join(folder, 'package', only);
  if (existsSync(wanted)) return wanted;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const tarball = join(unfinished, await pack(spec, unfinished));
  const found = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  if (found !== integrity) throw new Error(`${spec} is not the package that was expected: ${found}, not ${integrity}`);
  await run('tar', ['-xzf', tarball, '-C', unfinished, `package/${only}`]);
  await rm(tarball);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return wanted;
}

/** Answers the name of the tarball. */
async function pack(spec: string, destination: string): Promise<string> {
  const args = ['pack', spec, '--loglevel=error', '--pack-destination', destination];
  try {
    const { stdout } = await run('npm', args, { shell: process.platform === 'win32' });
    return stdout.trim();
  } catch (error) {
    throw new Error(`npm cannot fetch ${spec}; is the registry in reach?\n${(error as Error).message}`, {
      cause: error,
    });
  }
}
