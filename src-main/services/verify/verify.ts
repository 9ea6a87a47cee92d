import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError, type ErrorCode } from '../../../src-core/domain/app-error.ts';
import { findCatalog } from '../../../src-core/domain/catalog.ts';
import { canonicalName, isUnder } from '../../../src-core/domain/identity.ts';
import { isFinished, type ImportRun } from '../../../src-core/domain/import.ts';
import { isDead, PROCESS_OWNER } from '../imports/owner.ts';
import type { Context, VerifyDeps } from './context.ts';
import type { Difference, DifferenceKind } from './difference.ts';
import { applyRepairs, type Finding } from './repair.ts';
import { viewSource, type SourceView } from './source-view.ts';
import { verifyFolders } from './verify-folders.ts';
import { verifyKnown } from './verify-known.ts';
import { verifyLedgers } from './verify-ledgers.ts';
import { verifyRecords } from './verify-records.ts';

export interface VerifyRequest {
  /** Name or id. */
  catalog: string;
  /** Only this folder and all below it: a source, part of one, or a folder that holds sources. */
  folder?: string | undefined;
  /** Read every file and compare its SHA-256. */
  deep: boolean;
  /** Repair what can be without a deletion; the imports of the report do the rest. */
  fix: boolean;
  signal?: AbortSignal;
  /** Each difference, as it is found; the next is looked for when it has resolved. */
  onDifference: (difference: Difference) => Promise<void> | void;
}

export interface VerifyReport {
  catalog: string;
  /** Files found in the folders, pictures known as indexed, records in the store. */
  checked: { files: number; known: number; records: number };
  differences: Partial<Record<DifferenceKind, number>>;
  /** Of them, those that `fix` cannot repair. */
  beyondRepair: number;
  /** Files that cannot be indexed as they are, and were not changed since that was found: no differences. */
  failed: Partial<Record<ErrorCode, number>>;
  /** Files whose task is still to be done: no differences either. */
  underway: number;
  /** What could not be compared, and why. */
  notes: string[];
  /** Imports that have to be run for the repair; one that is unfinished goes on first, and then another follows. */
  imports: { path: string; manifest: string | null; unfinished: boolean }[];
}

export type Verify = (request: VerifyRequest) => Promise<VerifyReport>;

export function createVerify(deps: VerifyDeps): Verify {
  return (request) => verify(deps, request);
}

/**
 * Compares folders, known files, ledgers and store of a catalog. Memory does not grow with the number of pictures. Throws
 * NOT_FOUND for an unknown catalog or a folder without a source, and CONFLICT when it should repair what another process
 * imports now.
 */
async function verify(deps: VerifyDeps, request: VerifyRequest): Promise<VerifyReport> {
  const context = await openContext(deps, request);
  const seen = [...context.views.values()].filter((view) => isSeen(context, view));
  const runs = seen.flatMap((view) => view.runs);
  const driven = runs.find((run) => isDrivenByOther(run));
  if (request.fix && driven) {
    throw new AppError('CONFLICT', `import ${driven.id} is driven by ${driven.owner}; wait for its end, or stop it`);
  }

  const differences: VerifyReport['differences'] = {};
  const toImport = new Set<string>();
  let beyondRepair = 0;
  async function take(findings: readonly Finding[]): Promise<void> {
    if (request.fix)
      await applyRepairs(
        context,
        findings.map(({ repair }) => repair),
      );
    for (const { differences: told, repair } of findings) {
      if (repair.importOf !== undefined) toImport.add(repair.importOf);
      for (const difference of told) {
        differences[difference.kind] = (differences[difference.kind] ?? 0) + 1;
        if (difference.todo !== null) beyondRepair += 1;
        await request.onDifference(difference);
      }
    }
  }
  // The records first: they say which names are filed under a wrong id, so that no other step takes them for lost.
  for await (const findings of verifyRecords(context)) await take(findings);
  for await (const findings of verifyFolders(context)) await take(findings);
  for await (const findings of verifyKnown(context)) await take(findings);
  for await (const findings of verifyLedgers(context, isDrivenByOther)) await take(findings);

  const { catalog, counts, failed } = context;
  return {
    catalog: catalog.name,
    checked: { files: counts.files, known: counts.known, records: counts.records },
    differences,
    beyondRepair,
    failed: Object.fromEntries(failed),
    underway: counts.underway,
    notes: seen.flatMap(notesOf),
    imports: await Promise.all(seen.filter(({ source }) => toImport.has(source.id)).map(importOf)),
  };
}

async function openContext(deps: VerifyDeps, request: VerifyRequest): Promise<Context> {
  const { log, store, settings } = deps;
  const catalog = findCatalog(await store.catalogs(), request.catalog);
  const folder = request.folder === undefined ? null : resolve(request.folder);
  const under = folder === null ? null : canonicalName(folder);
  const runs = Map.groupBy(await log.listImports(10_000), ({ sourceId }) => sourceId);
  const views = new Map<string, SourceView>();
  const sources = await log.sources(catalog.id);
  for (const source of sources) {
    // Older ledgers have no lines any more.
    const kept = (runs.get(source.id) ?? []).slice(0, settings.imports.keepLedgers + 1);
    views.set(source.id, await viewSource(source, kept, log, settings));
  }
  if (under !== null && !sources.some(({ root, kind }) => kind === 'manifest' || meets(root, under))) {
    const known = sources.map(({ path }) => path).join(', ') || 'there is none';
    throw new AppError('NOT_FOUND', `“${catalog.name}” has no source at ${folder}; sources: ${known}`);
  }
  return {
    ...deps,
    catalog,
    views,
    under,
    folder,
    deep: request.deep,
    signal: request.signal ?? new AbortController().signal,
    counts: { files: 0, known: 0, records: 0, underway: 0 },
    failed: new Map(),
    misfiled: new Set(),
  };
}

function meets(root: string, under: string): boolean {
  return isUnder(root, under) || isUnder(under, root);
}

/** The files of a manifest may lie anywhere. */
function isSeen({ under }: Context, { source }: SourceView): boolean {
  return under === null || source.kind === 'manifest' || meets(source.root, under);
}

function isDrivenByOther({ state, owner, ownerUntil }: ImportRun): boolean {
  const stillGood = ownerUntil !== null && ownerUntil > Date.now();
  return !isFinished(state) && owner !== null && stillGood && owner !== PROCESS_OWNER && !isDead(owner);
}

function notesOf({ source, away, drivesAway, runs }: SourceView): string[] {
  const driven = runs.find(isDrivenByOther);
  return [
    ...(away === null ? [] : [`${away}; its pictures are left as they are`]),
    ...drivesAway.map((folder) => `the drive of ${folder} is away; its pictures are left as they are`),
    ...(driven ? [`${source.path} is being imported: differences may be of what is not done yet`] : []),
  ];
}

async function importOf({ source, runs }: SourceView): Promise<VerifyReport['imports'][number]> {
  const unfinished = runs.find(({ state }) => !isFinished(state));
  const manifest = (unfinished ?? runs[0])?.manifest ?? null;
  const isThere =
    manifest !== null &&
    (await access(manifest).then(
      () => true,
      () => false,
    ));
  return { path: source.path, manifest: isThere ? manifest : null, unfinished: unfinished !== undefined };
}
