import { ERRORS, toAppError } from '../src-core/domain/app-error.ts';
import {
  discovered,
  LEDGER_OUTCOMES,
  type ImportRun,
  type LedgerLine,
  type LedgerOutcome,
} from '../src-core/domain/import.ts';
import type { ImageRecord } from '../src-core/domain/image-record.ts';
import type { FoundHit } from '../src-core/domain/search.ts';
import type { Task } from '../src-core/domain/task.ts';
import type { CatalogSummary } from './services/catalogs.ts';
import type { Download, ListedModel } from './services/models/models.ts';
import type { ReEmbedding } from './services/re-embedding/re-embedding.ts';
import type { SourceSummary } from './services/sources.ts';
import type { CheckResult } from './services/doctor.ts';
import type { Difference } from './services/verify/difference.ts';
import type { VerifyReport } from './services/verify/verify.ts';

// The JSON of the command line and the server, field by field: scripts depend on it, so it does not follow the program's own types.

/** Keys of plain data become snake_case, all the way down. For fixed shapes only: it would rename a user's keys too. */
export function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key.replaceAll(/([a-z0-9])([A-Z])/g, (_all, before: string, after: string) => `${before}_${after.toLowerCase()}`),
      snakeKeys(child),
    ]),
  );
}

export function hitDocument({ record, score, foundBy, ranks }: FoundHit) {
  const { image_id, ...picture } = pictureDocument(record);
  return { image_id, score, found_by: foundBy, ranks, ...picture };
}

/** What people want to know of a picture. */
export function pictureDocument(record: ImageRecord) {
  return {
    image_id: record.imageId,
    path: record.path,
    product_id: record.productId ?? null,
    name: record.name ?? null,
    description: record.description ?? null,
    title: record.title ?? null,
    caption: record.caption ?? null,
    metadata: record.metadata ?? {},
    keywords: record.keywords,
    width: record.width,
    height: record.height,
    format: record.format,
    bytes: record.bytes,
    captured_at: isoTime(record.capturedAt),
    missing_since: isoTime(record.missingSince),
  };
}

/** A task as lists show it; a server tells no more of one. */
export type ListedTask = Pick<
  Task,
  | 'id'
  | 'kind'
  | 'state'
  | 'priority'
  | 'payload'
  | 'catalogId'
  | 'importId'
  | 'workerId'
  | 'attempts'
  | 'maxAttempts'
  | 'stalls'
  | 'createdAt'
  | 'dueAt'
  | 'finishedAt'
> & { error: { code: string; message: string } | null };

export function taskDocument(task: ListedTask) {
  return {
    id: task.id,
    kind: task.kind,
    state: task.state,
    priority: task.priority,
    path: pathOf(task),
    catalog_id: task.catalogId,
    import_id: task.importId,
    worker_id: task.workerId,
    attempts: task.attempts,
    max_attempts: task.maxAttempts,
    stalls: task.stalls,
    created_at: isoTime(task.createdAt),
    due_at: isoTime(task.dueAt),
    finished_at: isoTime(task.finishedAt),
    error: task.error && { code: task.error.code, message: task.error.message },
  };
}

/** An import as lists show it; a server tells no more of one. */
export type ListedImport = Pick<
  ImportRun,
  'id' | 'state' | 'reason' | 'priority' | 'startedBy' | 'createdAt' | 'finishedAt' | 'counts' | 'errors'
>;

/** A source as lists show it; a server tells no more of one. */
export type ListedSource = Pick<
  SourceSummary,
  | 'id'
  | 'catalog'
  | 'kind'
  | 'path'
  | 'pictures'
  | 'missing'
  | 'openTasks'
  | 'rules'
  | 'columns'
  | 'watch'
  | 'createdAt'
  | 'scannedAt'
>;

/** Where the picture of a task lies; empty for a task of another kind. */
export function pathOf(task: Pick<Task, 'payload'>): string {
  return typeof task.payload.path === 'string' ? task.payload.path : '';
}

/** The ledger's words in the command line's: what is indexed counts as completed, an open line is still to come. */
export const COUNT_NAMES = {
  open: 'open',
  indexed: 'completed',
  skipped: 'skipped',
  updated: 'updated',
  moved: 'moved',
  excluded: 'excluded',
  missing: 'missing',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<LedgerOutcome, string>;

export function countsDocument(counts: ImportRun['counts']) {
  const named = Object.fromEntries(LEDGER_OUTCOMES.map((outcome) => [COUNT_NAMES[outcome], counts[outcome]]));
  return { discovered: discovered(counts), ...named } as { discovered: number } & Record<
    (typeof COUNT_NAMES)[LedgerOutcome],
    number
  >;
}

export function importDocument(run: ListedImport, names: { catalog: string; root: string }) {
  return {
    import_id: run.id,
    state: run.state,
    reason: run.reason,
    catalog: names.catalog,
    root: names.root,
    priority: run.priority,
    started_by: run.startedBy,
    created_at: isoTime(run.createdAt),
    finished_at: isoTime(run.finishedAt),
    ...countsDocument(run.counts),
    errors: run.errors,
  };
}

export const LEDGER_COLUMNS = ['path', 'outcome', 'reason', 'message', 'bytes', 'task_id', 'at'] as const;

export function ledgerDocument({ name, outcome, reason, message, bytes, taskId, at }: LedgerLine) {
  return { path: name, outcome, reason, message, bytes, task_id: taskId, at: isoTime(at) };
}

export function catalogDocument(catalog: CatalogSummary) {
  return {
    id: catalog.id,
    name: catalog.name,
    model: catalog.model,
    dimension: catalog.dimension,
    images: catalog.images,
    missing: catalog.missing,
    created_at: isoTime(catalog.createdAt),
  };
}

function isoTime(at: number): string;
function isoTime(at: number | null): string | null;
function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

export function sourceDocument(source: ListedSource) {
  return {
    id: source.id,
    catalog: source.catalog,
    kind: source.kind,
    path: source.path,
    pictures: source.pictures,
    missing: source.missing,
    open_tasks: source.openTasks,
    include: source.rules.include,
    exclude: source.rules.exclude,
    columns: source.columns,
    watch: source.watch,
    created_at: isoTime(source.createdAt),
    scanned_at: isoTime(source.scannedAt),
  };
}

/** A server's kinds may be more than ours. */
export type ListedDifference = Omit<Difference, 'kind'> & { kind: string };

export type ListedVerification = Omit<VerifyReport, 'differences'> & {
  differences: Partial<Record<string, number>>;
  /** Differences that a server has counted and not told. */
  untold: number;
};

export type ListedCheck = CheckResult;

export function differenceDocument({ imageId, ...rest }: Difference) {
  return { ...rest, image_id: imageId };
}

/** What is said of an error: its code, what was wrong, and what to do. */
export function errorDocument(thrown: unknown) {
  const { code, message, details = {} } = toAppError(thrown);
  return { code, message, todo: ERRORS[code].todo, details };
}

/** Of one that is not installed, what it will be. */
export function modelDocument({ id, manifest, offer, installed, inUse, builtIn, problem, download }: ListedModel) {
  const shown = manifest ?? offer?.manifest;
  return {
    id,
    title: offer?.title ?? null,
    installed,
    in_use: inUse,
    dimension: shown?.output.dimension ?? null,
    input_size: shown?.input.size ?? null,
    license: shown?.license ?? null,
    source: manifest?.source ?? offer?.repository ?? null,
    has_text: shown ? shown.text !== undefined : null,
    built_in: builtIn,
    problem: problem && { code: problem.code, message: problem.message },
    download: download && downloadDocument(download),
  };
}

export function downloadDocument({ state, file, bytes, total, startedAt, error }: Download) {
  return {
    state,
    file,
    bytes,
    total_bytes: total,
    started_at: new Date(startedAt).toISOString(),
    problem: error && { code: error.code, message: error.message },
  };
}

export function reEmbeddingDocument({ catalog, model, state, total, done, failed, startedAt, error }: ReEmbedding) {
  return {
    catalog: catalog.name,
    model,
    state,
    total,
    done,
    failed,
    started_at: new Date(startedAt).toISOString(),
    problem: error && { code: error.code, message: error.message },
  };
}
