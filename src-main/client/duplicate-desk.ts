import type { z } from 'zod';
import type { chosenGroups, groupsDocument, scanDocument } from '../../src-core/contract/duplicates.ts';

export type ScanDocument = z.output<typeof scanDocument>;
/** A page of groups; where rules were given, with what they keep and mark. */
export type GroupsDocument = z.output<typeof groupsDocument>;
/** Without rules nothing is chosen. */
export type DuplicateQuery = z.input<typeof chosenGroups> & { keep: string[] };

/** Duplicates, looked for and taken out by the backends themselves, or by a server that has them. */
export interface DuplicateDesk {
  start(catalog: string): Promise<ScanDocument>;
  scan(scanId: string): Promise<ScanDocument>;
  cancel(scanId: string): Promise<ScanDocument>;
  /** The largest first; `limit` 1–100. */
  groups(query: DuplicateQuery, limit: number): Promise<GroupsDocument>;
  /** All groups as CSV, in pieces. */
  csv(query: DuplicateQuery): AsyncIterable<string>;
  countMarked(query: DuplicateQuery): Promise<number>;
  /** Takes the marked pictures out of the catalog. CONFLICT or INVALID_INPUT where they are not `expected`. */
  remove(query: DuplicateQuery, expected: number): Promise<number>;
}
