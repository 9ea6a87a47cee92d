import { describe } from 'vitest';
import { testCatalogs } from './catalogs.ts';
import { testDelete } from './delete.ts';
import { testFilters } from './filters.ts';
import { testPrepareFor } from './prepare-for.ts';
import { testProperties } from './properties.ts';
import { testReads } from './reads.ts';
import type { OpenStores } from './samples.ts';
import { testSearch } from './search.ts';
import { testSimilarPairs } from './similar-pairs.ts';
import { testSetPayload } from './set-payload.ts';
import { testSuccessions } from './successions.ts';
import { testUpsert } from './upsert.ts';
import { testWords } from './words.ts';

/** What every vector store promises. Ties are compared as sets, scores to 1e-3. */
export function testVectorStore(name: string, open: OpenStores): void {
  describe(`vector store on ${name}`, () => {
    testCatalogs(open);
    testPrepareFor(open);
    testUpsert(open);
    testSetPayload(open);
    testDelete(open);
    testReads(open);
    testFilters(open);
    testSearch(open);
    testSimilarPairs(open);
    testWords(open);
    testProperties(open);
    testSuccessions(open);
  });
}
