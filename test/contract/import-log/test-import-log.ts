import { describe } from 'vitest';
import { testKnownFiles } from './known-files.ts';
import { testKnownQueries } from './known-queries.ts';
import { testLedger } from './ledger.ts';
import type { OpenLog } from './lines.ts';
import { testManifests } from './manifests.ts';
import { testRuns } from './runs.ts';
import { testSidecars } from './sidecars.ts';
import { testSources } from './sources.ts';
import { testTrim } from './trim.ts';

/** What every adapter of ports/import-log.ts promises. */
export function testImportLog(name: string, open: OpenLog): void {
  describe(`import log on ${name}`, () => {
    testSources(open);
    testRuns(open);
    testLedger(open);
    testTrim(open);
    testManifests(open);
    testKnownFiles(open);
    testKnownQueries(open);
    testSidecars(open);
  });
}
