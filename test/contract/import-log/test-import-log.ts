import { describe } from 'vitest';
import { testKnownFiles } from './known-files.ts';
import { testLedger } from './ledger.ts';
import type { OpenLog } from './lines.ts';
import { testManifests } from './manifests.ts';
import { testRuns } from './runs.ts';

/** What every adapter of ports/import-log.ts promises. */
export function testImportLog(name: string, open: OpenLog): void {
  describe(`import log on ${name}`, () => {
    testRuns(open);
    testLedger(open);
    testManifests(open);
    testKnownFiles(open);
  });
}
