import type { ErrorCode } from '../domain/app-error.ts';
import type { PictureTexts } from '../domain/picture-texts.ts';
import type { SaidFacts } from '../domain/image-record.ts';
import type {
  ImportRun,
  ImportStarter,
  ImportState,
  LedgerLine,
  LedgerOutcome,
  Source,
  SourceRules,
} from '../domain/import.ts';
import type { ManifestColumns } from '../domain/manifest-columns.ts';
import type { TaskPriority } from '../domain/task.ts';
import type { Page } from './task-queue.ts';

/** What is known of a file since it was last indexed: enough to skip it, to see that it moved or went missing. */
export interface KnownFile {
  /** Canonical name. */
  name: string;
  /** As this machine opens it. */
  path: string;
  sourceId: string;
  imageId: string;
  bytes: number;
  mtimeMs: number;
  contentHash: string;
  model: string;
  /** Null where it is not known. */
  inode: number | null;
  missingSince: number | null;
}

export interface LedgerUpdate {
  name: string;
  outcome: LedgerOutcome;
  reason?: string | null;
  message?: string | null;
  taskId?: string | null;
  bytes?: number | null;
}

/** Which known files are meant; conditions that are left out do not restrict. */
export interface WhichKnown {
  sourceId?: string;
  /** Canonical name of a folder or file: it and all below it. */
  under?: string;
  /** Canonical names that begin so. */
  prefix?: string;
  missing?: boolean;
}

/** A file of words beside a picture. */
export interface Sidecar {
  /** Canonical name. */
  name: string;
  path: string;
  sourceId: string;
  bytes: number;
  mtimeMs: number;
}

/** Which of a picture's texts a sidecar gave when it was last applied. */
export type SidecarText = keyof PictureTexts;

/** A file that the import's manifest names. */
export interface ManifestEntry {
  /** Canonical name. */
  name: string;
  path: string;
  /** Of the manifest, from 1. */
  line: number;
  facts: SaidFacts;
}

/**
 * Sources, imports, their ledgers, and what is known of every file. Lives with the machine that walks the folders.
 * Several processes share it. Times are ms since the epoch. A verb that names an import throws NOT_FOUND when there is
 * no such import; every verb throws DATA_DIR_UNUSABLE or DISK_FULL when the log cannot be read or written.
 */
export interface ImportLog extends ImportRuns, ImportLedger, ImportManifests, KnownFiles, Sidecars {
  close(): Promise<void>;
}

export interface ImportRuns {
  /** The source of this root in this catalog, made where there is none. */
  ensureSource(
    wanted: Pick<Source, 'catalogId' | 'kind' | 'root' | 'path'> & Partial<Pick<Source, 'naming'>>,
  ): Promise<Source>;
  source(id: string): Promise<Source | null>;
  sourceAt(catalogId: string, root: string): Promise<Source | null>;
  /** By root; without those that were removed. */
  sources(catalogId?: string): Promise<Source[]>;
  setRules(sourceId: string, rules: SourceRules): Promise<void>;
  setColumns(sourceId: string, columns: ManifestColumns): Promise<void>;
  setWatch(sourceId: string, watch: boolean): Promise<void>;
  setMounts(sourceId: string, mounts: readonly string[]): Promise<void>;
  /** Another root. CONFLICT when the catalog has a source there. */
  moveSource(sourceId: string, to: { root: string; path: string }): Promise<void>;
  /** It is listed no more, and its root is free for another; its imports and ledgers stay. */
  removeSource(sourceId: string): Promise<void>;

  /** The unfinished import of the source, as it is; a new one when there is none. */
  openImport(wanted: {
    sourceId: string;
    catalogId: string;
    priority: TaskPriority;
    manifest: string | null;
    startedBy?: ImportStarter | undefined;
  }): Promise<ImportRun>;
  getImport(id: string): Promise<ImportRun | null>;
  /** The import of a source that is underway; null without one. */
  unfinished(sourceId: string): Promise<ImportRun | null>;
  /** Imports of a source with files that failed, were given up or are open: only their tasks may wait. */
  unsettled(sourceId: string): Promise<string[]>;
  /** The newest import of a source; null without one. */
  latest(sourceId: string): Promise<ImportRun | null>;
  /** Newest first. */
  listImports(limit: number): Promise<ImportRun[]>;
  /**
   * Takes or renews the right to drive an import; false while another owner's is still good. `deadOwner`: an owner
   * whose end the caller has seen, so that its time need not run out.
   */
  own(importId: string, owner: string, forMs: number, deadOwner?: string): Promise<boolean>;
  disown(importId: string, owner: string): Promise<void>;
  /** A finished import stays as it is; answers whether it was changed. */
  setState(importId: string, state: ImportState, reason?: string | null): Promise<boolean>;
  /** All files are known; a `walking` import goes on as `draining`. */
  setWalked(importId: string): Promise<void>;
}

export interface ImportLedger {
  /** Writes lines of files that have none yet; answers the names among them whose line is `open` now. */
  discover(importId: string, lines: readonly LedgerUpdate[]): Promise<string[]>;
  /**
   * Writes or changes lines, one per (import, name), in one transaction. A line that is settled is not reopened:
   * `open` over another outcome changes nothing. Task and size that are left out stay, and so does the time of a line that
   * says the same already.
   */
  record(importId: string, lines: readonly LedgerUpdate[]): Promise<void>;
  /** Only what was skipped, or has no line yet, becomes `updated`. */
  recordUpdated(importId: string, names: readonly string[], reason: string): Promise<void>;
  /** Failed lines with these codes are open again, for their tasks are retried. Answers how many. */
  reopen(importId: string, codes: readonly ErrorCode[]): Promise<number>;
  /**
   * The picture under `from` goes on under `to`: `to`'s line becomes `moved`, `from` is forgotten and its `missing` line
   * goes, for its file was found.
   */
  recordMoves(importId: string, moves: readonly { from: string; to: string }[]): Promise<void>;
  /** Lines of these names, in any order. */
  lines(importId: string, names: readonly string[]): Promise<LedgerLine[]>;
  /**
   * Lines of finished imports of the source but its newest `keep` are dropped; their counts stay. Takes its time, in
   * steps that let others in.
   */
  trimLedgers(sourceId: string, keep: number): Promise<void>;
  /** By order of name. `limit` 1–10,000. */
  ledger(
    importId: string,
    which: { outcomes?: readonly LedgerOutcome[]; codes?: readonly ErrorCode[] },
    limit: number,
    cursor?: string,
  ): Promise<Page<LedgerLine>>;
}

/** What a manifest says, kept only while its import runs: a manifest may name more files than fit in memory. */
export interface ImportManifests {
  /** Answers the entries whose file another line names already, with that line. */
  addManifest(
    importId: string,
    entries: readonly ManifestEntry[],
  ): Promise<{ entry: ManifestEntry; firstLine: number }[]>;
  manifestEntries(importId: string, names: readonly string[]): Promise<ManifestEntry[]>;
  /** All, by order of name. `limit` 1–10,000. */
  manifest(importId: string, limit: number, cursor?: string): Promise<Page<ManifestEntry>>;
  clearManifest(importId: string): Promise<void>;
}

export interface KnownFiles {
  /** Known files among these names, in any order. */
  lookup(catalogId: string, names: readonly string[]): Promise<KnownFile[]>;
  /** Remembers files as indexed, with the `missingSince` that they carry. */
  remember(catalogId: string, files: readonly KnownFile[]): Promise<void>;
  /**
   * Files of the import's catalog that are known, not missing, and have no line in its ledger: those at or under a
   * canonical name, or those of its own source. By order of name; looks at `limit` known files, so that a page may be
   * empty and yet have a next one.
   */
  unseen(
    importId: string,
    which: { under: string } | 'source',
    limit: number,
    cursor?: string,
  ): Promise<Page<KnownFile>>;
  /** By order of name. `limit` 1–10,000. */
  known(catalogId: string, which: WhichKnown, limit: number, cursor?: string): Promise<Page<KnownFile>>;
  countKnown(catalogId: string, which: WhichKnown): Promise<number>;
  /** Files of the catalog with these inodes. */
  byInode(catalogId: string, inodes: readonly number[]): Promise<KnownFile[]>;
  /** The picture under `from` is known as `to` from now on: for a file that was renamed while nobody looked. */
  rename(catalogId: string, moves: readonly { from: string; to: KnownFile }[]): Promise<void>;
  /** Marks files as missing and gives each its `missing` line, in one transaction. */
  markMissing(importId: string, names: readonly string[], at: number, reason?: string | null): Promise<void>;
  /** Whether any file of the catalog is missing. */
  hasMissing(catalogId: string): Promise<boolean>;
  /** Files of the catalog that are missing, with these bytes. */
  missingByHash(catalogId: string, contentHashes: readonly string[]): Promise<KnownFile[]>;
  forget(catalogId: string, names: readonly string[]): Promise<void>;
}

export interface Sidecars {
  hasSidecars(catalogId: string): Promise<boolean>;
  /** Those that are new or differ from what is known wait to be applied. */
  meetSidecars(catalogId: string, sidecars: readonly Sidecar[]): Promise<void>;
  /** Sidecars among these names, in any order. */
  sidecars(catalogId: string, names: readonly string[]): Promise<Sidecar[]>;
  /** Those that wait to be applied, by order of name. `limit` 1–10,000. */
  waitingSidecars(
    catalogId: string,
    limit: number,
    cursor?: string,
  ): Promise<Page<Sidecar & { gave: readonly SidecarText[] }>>;
  /** They have to be applied again. */
  callSidecars(catalogId: string, names: readonly string[]): Promise<void>;
  /** They were applied, and gave these texts. */
  sidecarsApplied(catalogId: string, applied: readonly { name: string; gave: readonly SidecarText[] }[]): Promise<void>;
  forgetSidecars(catalogId: string, names: readonly string[]): Promise<void>;
}
