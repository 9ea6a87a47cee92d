import type { ErrorCode } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import { isUnder } from '../../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { isFinished } from '../../../src-core/domain/import.ts';
import { OWN_NAMES, pictureIdOf, type Naming } from '../../../src-core/domain/naming.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { Settings } from '../../../src-core/settings/schema.ts';
import type { ImportsDeps } from '../imports/job.ts';
import { leftOutBy, type SourceView } from './source-view.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';

export interface VerifyDeps {
  log: ImportLog;
  queue: ImportsDeps['queue'];
  store: Pick<VectorStore, 'catalogs' | 'get' | 'scroll' | 'upsert' | 'setPayload' | 'delete'>;
  settings: Pick<Settings, 'imports'>;
  /** Of new sources. Default: names of this machine alone. */
  naming?: Naming;
}

/** Pictures compared in one go. */
export const PAGE = 250;
/** Files looked at, and read, at a time. */
export const LOOKS = 16;
export const READS = 4;

/** Records under a wrong id whose names are kept: with more, some files are told of twice, but memory stays flat. */
const MISFILED_KEPT = 10_000;

/** One verification: what its steps need and what they count. */
export interface Context extends VerifyDeps {
  catalog: Catalog;
  /** Sources of the catalog by id, those outside the verified folder too. */
  views: ReadonlyMap<string, SourceView>;
  /** Canonical name of the folder that is verified; null: the whole catalog. */
  under: string | null;
  /** The same as this machine opens it. */
  folder: string | null;
  deep: boolean;
  signal: AbortSignal;
  counts: { files: number; known: number; records: number; underway: number };
  /** Files that cannot be indexed as they are, by why. */
  failed: Map<ErrorCode, number>;
  /** Names of records under a wrong id, so that their files do not pass for lost ones. */
  misfiled: Set<string>;
}

export function isInScope({ under }: Context, name: string): boolean {
  return under === null || isUnder(name, under);
}

export function viewOf({ views }: Context, sourceId: string | null): SourceView | null {
  return (sourceId === null ? null : views.get(sourceId)) ?? null;
}

/** The folder source that a file of this name belongs to: the innermost one that wants it. */
export function ownerOf({ views }: Context, name: string, path: string): SourceView | null {
  const wanting = [...views.values()].filter(
    (view) => view.source.kind === 'folder' && isUnder(name, view.source.root) && leftOutBy(view, path) === null,
  );
  return wanting.toSorted((a, b) => b.source.root.length - a.source.root.length)[0] ?? null;
}

/** Id of the picture that this machine calls `name`, as the source that it is of names it. */
export function idOf(context: Context, sourceId: string | null, name: string): string {
  const { catalog, naming = OWN_NAMES } = context;
  return pictureIdOf(catalog.id, viewOf(context, sourceId)?.source.naming ?? naming, name);
}

export async function recordsOf(
  { store, catalog }: Context,
  imageIds: readonly string[],
): Promise<Map<string, ImageRecord>> {
  if (imageIds.length === 0) return new Map();
  const images = await store.get(catalog.id, imageIds);
  return new Map(images.map(({ record }) => [record.imageId, record]));
}

export function countFailed({ failed }: Context, code: ErrorCode): void {
  failed.set(code, (failed.get(code) ?? 0) + 1);
}

export function noteMisfiled({ misfiled }: Context, name: string): void {
  if (misfiled.size < MISFILED_KEPT) misfiled.add(name);
}

/** These say that a file was away, not that it is no picture. */
const WAS_AWAY: ReadonlySet<string> = new Set(['FILE_NOT_FOUND', 'SOURCE_UNAVAILABLE', 'NO_WORKER_SEES_IT']);

/**
 * Why a file that should be indexed is not: the last import that met it failed on it as it still is, or its task is still
 * to be done (and if there is no such task, verify-ledgers.ts tells of that). Counts it then; null when there is no such reason.
 */
export async function excuseOf(
  context: Context,
  view: SourceView,
  name: string,
  file: { bytes: number; mtimeMs: number },
): Promise<'failed' | 'underway' | null> {
  for (const run of view.runs) {
    const [line] = await context.log.lines(run.id, [name]);
    if (!line) continue;
    if (line.outcome === 'open') {
      if (isFinished(run.state)) continue; // it says nothing; verify-ledgers.ts tells of it
      context.counts.underway += 1;
      return 'underway';
    }
    if (line.outcome !== 'failed' || line.reason === null || WAS_AWAY.has(line.reason)) return null;
    if (file.mtimeMs > line.at || (line.bytes !== null && line.bytes !== file.bytes)) return null;
    countFailed(context, line.reason as ErrorCode);
    return 'failed';
  }
  return null;
}
