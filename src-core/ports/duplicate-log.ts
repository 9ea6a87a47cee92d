import type {
  DuplicateScan,
  HandChoice,
  NotDuplicates,
  PairsPage,
  ScanState,
  SimilarPair,
} from '../domain/duplicates.ts';

/** A picture of a scan, by its number in it. */
export interface ScannedPicture {
  number: number;
  /** Numbers of the first picture with the same bytes, and of the first of the same product; null: of none. */
  sameBytes: number;
  sameProduct: number | null;
}

/**
 * What scans for duplicates found, and what somebody said is none. Lives in the data dir of the machine that scans. Throws
 * AppError: DATA_DIR_UNUSABLE, DISK_FULL.
 */
export interface DuplicateLog {
  /** CONFLICT while another one of this catalog runs. `owner` names the process that runs it. */
  begin(scan: { catalogId: string; leastScore: number; total: number; owner: string }): Promise<DuplicateScan>;
  /** What a step found, and how far the scan is. False: it runs no more, somebody has cancelled it. */
  add(scanId: string, page: PairsPage): Promise<boolean>;
  /**
   * Ends a scan that runs; one that has ended stays as it is. What a completed one found takes the place of what the ones
   * of this catalog before it did; what another found is dropped.
   */
  end(
    scanId: string,
    state: Exclude<ScanState, 'running'>,
    error?: { code: string; message: string },
  ): Promise<DuplicateScan>;
  /** Running scans whose owner lives no more have failed. */
  endDead(isDead: (owner: string) => boolean): Promise<void>;
  /** Throws NOT_FOUND. */
  scan(scanId: string): Promise<DuplicateScan>;
  /** The newest first. */
  scans(catalogId: string, limit: number): Promise<DuplicateScan[]>;

  /** By number, from 1; the next of them after `after`. */
  pictures(scanId: string, after: number, limit: number): Promise<ScannedPicture[]>;
  /** Pairs of numbers, each once with a < b, in their order; the next of them after the pair `after`. */
  pairs(
    scanId: string,
    leastScore: number,
    after: Pick<SimilarPair, 'a' | 'b'>,
    limit: number,
  ): Promise<{ pairs: SimilarPair[]; next: Pick<SimilarPair, 'a' | 'b'> | null }>;
  pairsAmong(scanId: string, numbers: readonly number[], leastScore: number): Promise<SimilarPair[]>;
  imageIds(scanId: string, numbers: readonly number[]): Promise<Map<number, string>>;
  numbersOf(scanId: string, imageIds: readonly string[]): Promise<Map<string, number>>;
  /** These pictures are in the catalog no more. */
  forget(scanId: string, imageIds: readonly string[]): Promise<void>;
  /** Of a catalog that was dropped: scans and all. */
  forgetCatalog(catalogId: string): Promise<void>;

  /** Pictures that somebody chose one by one; they go with what the scan has found. */
  choices(scanId: string): Promise<Map<string, HandChoice>>;
  /** Null takes a choice back. Pictures that the scan has not found are left out. */
  choose(scanId: string, imageIds: readonly string[], choice: HandChoice | null): Promise<void>;

  /**
   * No two of these pictures are duplicates, or, with `oneId`, none of the others is one of this one; outlives every scan.
   * The same again answers what there is.
   */
  addNot(catalogId: string, imageIds: readonly string[], oneId: string | null): Promise<NotDuplicates>;
  /** The newest first; `after` is the last id of the page before. */
  notDuplicates(catalogId: string, limit: number, after?: string): Promise<NotDuplicates[]>;
  /** Throws NOT_FOUND. */
  removeNot(id: string): Promise<NotDuplicates>;
  /** Changes with whatever groups are made from. */
  stamp(scanId: string): Promise<string>;

  close(): Promise<void>;
}
