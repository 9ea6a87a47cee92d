import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryFile } from '../../../src-main/fleet/entries.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('the script of a child process', () => {
  it('is its source when run from the sources', () => {
    expect(entryFile('worker')).toBe(resolve('src-worker/worker.ts'));
    expect(entryFile('finder')).toBe(resolve('src-worker/finder.ts'));
  });

  it.each(['cli.js', 'chunks/local-fleet-x1.js'])('lies beside the program when bundled into %s', async (bundle) => {
    const main = join(await tempDir(), 'out', 'main');
    await mkdir(join(main, 'chunks'), { recursive: true });
    await writeFile(join(main, 'worker.js'), '');
    expect(entryFile('worker', join(main, bundle))).toBe(join(main, 'worker.js'));
    expect(() => entryFile('finder', join(main, bundle))).toThrow(`${join(main, 'finder.js')} is missing`);
  });
});
