import type { Catalog } from '../../src-core/domain/catalog.ts';
import type { TaskFilter } from '../../src-core/domain/task.ts';
import type { KnownWorker } from '../../src-core/domain/worker-status.ts';
import type { ImportLedger } from '../../src-core/ports/import-log.ts';
import type { QueueStats } from '../../src-core/ports/task-queue.ts';
import type { SourceRules } from '../../src-core/domain/import.ts';
import type { DuplicateDesk } from './duplicate-desk.ts';
import type {
  ListedCheck,
  ListedDifference,
  ListedImport,
  ListedSource,
  ListedTask,
  ListedVerification,
} from '../documents.ts';
import type { ModelDesk } from './model-desk.ts';

/**
 * What a person asks of queue, workers, imports and catalogs, and changes: at the backends themselves, or at a server that
 * has them. Errors are the same in both places.
 */
export interface Operator {
  readonly place: Place;
  readonly imports: ImportDesk;
  readonly catalogs: CatalogDesk;
  readonly sources: SourceDesk;
  readonly duplicates: DuplicateDesk;
  readonly models: ModelDesk;
  stats(): Promise<QueueStats>;
  workers(): Promise<KnownWorker[]>;
  /** Newest first, at most `limit`. */
  tasks(filter: TaskFilter, limit: number): Promise<ListedTask[]>;
  /** Answers how many will run again. */
  retry(filter: TaskFilter): Promise<number>;
  /** Answers how many are given up. */
  cancel(filter: TaskFilter): Promise<number>;
  /** An import with all its tasks. Answers how many tasks are given up. */
  cancelImport(importId: string): Promise<number>;
  /** Ids of those that are not finished. */
  unfinishedImports(): Promise<string[]>;
  /** The whole queue where no import is named. */
  setPaused(paused: boolean, importId?: string): Promise<void>;
  /** Removes every task and answers how many; INVALID_INPUT unless `confirm` is the queue's name. */
  flush(confirm: string): Promise<number>;
  /** All numbers in Prometheus’ text format. */
  prometheus(): Promise<string>;
  /** What is checked of installation and data dir; one that fails is told, not thrown. */
  doctor(): Promise<ListedCheck[]>;
}

/** A data dir of this machine, or the address of a server. */
export type Place = { dataDir: string } | { server: string };

/** An import with the names that people know; ids where the catalog or source is gone. */
export interface NamedImport {
  run: ListedImport;
  catalog: string;
  root: string;
}

export interface ImportDesk extends Pick<ImportLedger, 'ledger'> {
  /** Newest first. */
  list(limit: number): Promise<NamedImport[]>;
  /** As it is now, also where tasks of a finished one were retried. */
  get(id: string): Promise<NamedImport>;
}

export interface ListedCatalog extends Catalog {
  images: number;
  /** Of them, those whose file is gone. */
  missing: number;
}

export interface CatalogDesk {
  list(): Promise<ListedCatalog[]>;
  /** By name or id, as below. */
  get(nameOrId: string): Promise<ListedCatalog>;
  rename(nameOrId: string, name: string): Promise<void>;
  /** How many tasks of it wait or run. */
  openTasks(nameOrId: string): Promise<number>;
  /**
   * With every record and vector; tasks that wait or run are cancelled. `confirmed` is how many both are together. The picture
   * files are left alone. Answers how many tasks were cancelled.
   */
  drop(nameOrId: string, confirmed: number): Promise<number>;
}

/** Is told how many pictures would leave a catalog and tasks be cancelled, and throws where they should not. */
export type Ask = (images: number, tasks?: number) => Promise<void>;

/** What has left a catalog, and how many tasks were cancelled. */
export interface Left {
  removed: number;
  cancelled: number;
}

export interface SourceDesk {
  list(): Promise<ListedSource[]>;
  /** By its folder, manifest or id; the catalog by name or id. NOT_FOUND names those that there are. */
  get(pathOrId: string, catalog: string): Promise<ListedSource>;
  setRules(source: Pick<ListedSource, 'id'>, rules: SourceRules, ask: Ask): Promise<Left>;
  /** Answers the source as it is now. */
  setWatch(source: Pick<ListedSource, 'id'>, watch: boolean): Promise<ListedSource>;
  /** Answers how many pictures went over, and the source as it is now. */
  move(source: ListedSource, to: string): Promise<{ moved: number; now: ListedSource }>;
  remove(source: ListedSource, ask: Ask): Promise<Left>;
  /** Takes out what is missing, in a catalog or below one folder of it; `cameBack`: of those asked about, what is there again. */
  prune(catalog: string, folder: string | undefined, ask: Ask): Promise<{ pruned: number; cameBack: number }>;
  /** Compares folders, ledgers and records of a catalog, or of one folder of it, and tells each difference. */
  verify(wanted: Verified): Promise<ListedVerification>;
}

export interface Verified {
  /** Name or id. */
  catalog: string;
  folder?: string | undefined;
  /** Read every file and compare its bytes. */
  deep: boolean;
  /** Repair what needs no import and takes nothing out. */
  fix: boolean;
  onDifference(difference: ListedDifference): Promise<void>;
}
