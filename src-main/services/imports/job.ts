import type { AppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { Naming } from '../../../src-core/domain/naming.ts';
import type { ImportRun, Source } from '../../../src-core/domain/import.ts';
import type { Rules } from '../../../src-core/files/rules.ts';
import type { Scope, WalkOptions } from '../../../src-core/files/walk.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { QueueOperator, QueueProducer } from '../../../src-core/ports/task-queue.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import type { Settings } from '../../../src-core/settings/schema.ts';

export interface ImportsDeps {
  log: ImportLog;
  queue: QueueProducer & QueueOperator;
  store: Pick<VectorStore, 'catalogs' | 'get' | 'upsert' | 'setPayload' | 'delete' | 'prepareFor'>;
  settings: Pick<Settings, 'imports' | 'queue'>;
  /** Of new sources. Default: names of this machine alone. */
  naming?: Naming;
  /** Tests want other times; all in ms. */
  timing?: Partial<ImportTiming>;
  /** Who drives; another one per process unless given. */
  owner?: string;
}

export interface ImportTiming {
  /** Time between two looks at the queue when nothing happens there. */
  pollMs: number;
  /** How long the right to drive an import outlives its owner; renewed at a third of it. */
  ownMs: number;
  /** Open tasks of one import; the walk waits when it is that far ahead of the workers. */
  maxOpen: number;
  /** Time between two looks at whether the source is still there. */
  lookMs: number;
  /** Waits between two tries while something is away; they double from the first to the last. */
  retryMs: number;
  retryCapMs: number;
}

export const DEFAULT_TIMING: ImportTiming = {
  pollMs: 200,
  ownMs: 15_000,
  maxOpen: 50_000,
  lookMs: 2_000,
  retryMs: 1_000,
  retryCapMs: 15_000,
};

export interface RunOptions {
  /** Stops driving and leaves the import to be resumed. */
  signal?: AbortSignal;
  onProgress?: (run: ImportRun) => void;
  onFolderLeftOut?: WalkOptions['onFolderLeftOut'];
  /** Looks at these folders only: the rest of the source is taken to be as it was. */
  scope?: readonly Scope[];
  /** Answers false for a file that is still being written: it is left for another time, and gets no line. */
  isSettled?: (file: { path: string; bytes: number; mtimeMs: number }) => boolean;
  /** Throws what is away (source, store, disk space …) instead of waiting for it. */
  impatient?: boolean;
  /** Something is away; it is tried again by itself. */
  onWaiting?: (error: AppError) => void;
}

/** One import being driven, with all that its steps need. */
export interface Job extends Omit<ImportsDeps, 'timing' | 'owner' | 'naming'> {
  id: string;
  run: ImportRun;
  source: Source;
  catalog: Catalog;
  /** Whose paths these are, where other machines may take tasks; null where none does. */
  machine: string | null;
  timing: ImportTiming;
  signal: AbortSignal;
  onProgress: (run: ImportRun) => void;
  onFolderLeftOut: NonNullable<WalkOptions['onFolderLeftOut']>;
  rules: Rules;
  isSettled: NonNullable<RunOptions['isSettled']>;
  scope: readonly Scope[] | undefined;
}
