import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import { canonicalName, isUnder } from '../../../src-core/domain/identity.ts';
import type { ManifestColumns } from '../../../src-core/domain/manifest-columns.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import { NO_RULES, rulesWith, type Source, type SourceRules } from '../../../src-core/domain/import.ts';
import { isEmptyFolder, isNoFile } from '../../../src-core/files/look.ts';
import type { KnownFile, LedgerUpdate, WhichKnown } from '../../../src-core/ports/import-log.ts';
import type { Picture } from '../imports/admit.ts';
import { failUnmetEntries, findFiles } from '../imports/find-files.ts';
import type { Job } from '../imports/job.ts';
import { emptied } from '../imports/missing.ts';
import { viewSource } from '../verify/source-view.ts';
import { judge, type Known, type Verdict } from './judge.ts';
import { jobIn, type Scratch } from './scratch.ts';
import { addTo, count, emptyTally, sumOf, type Tally } from './tally.ts';

/** One path of a run. */
export interface PathRequest {
  path: string;
  manifest: string | undefined;
  /** Left out: as the source's manifest was read before. */
  columns?: ManifestColumns | undefined;
  /** Added to those of the source. */
  rules: SourceRules;
}

export interface Overview {
  path: string;
  kind: Source['kind'];
  tally: Tally;
  /** What it took. */
  scanMs: number;
}

export interface LookOptions {
  signal: AbortSignal;
  /** Each picture that a run would index. */
  onPicture: (picture: Picture) => void;
  onProgress: (tally: Tally) => void;
  onFolderLeftOut: (path: string, rule: string) => void;
}

const PAGE = 500;

/**
 * Walks one path as an import does, and counts what the import would do. All that it writes goes to the scratch.
 * `catalog` is the scratch's. Throws as starting an import does, and SOURCE_UNAVAILABLE where a run would wait.
 */
export async function lookOver(
  scratch: Scratch,
  catalog: Catalog,
  known: Known | null,
  { path, manifest, columns, rules: more }: PathRequest,
  { signal, onPicture, onProgress, onFolderLeftOut }: LookOptions,
): Promise<Overview> {
  const began = performance.now();
  const before = known && (await known.log.sourceAt(known.catalog.id, canonicalName(resolve(path))));
  const drivesAway = known && before ? await drivesAwayOf(scratch, known, before) : [];
  const rules = rulesWith(before?.rules ?? NO_RULES, more);
  const run = await scratch.imports.start({
    catalogId: catalog.id,
    path,
    manifest,
    columns: columns ?? before?.columns,
    rules,
  });
  const tally = emptyTally();
  const job = await jobIn(scratch, run, catalog, {
    signal,
    onFolderLeftOut(folder, rule) {
      addTo(tally.folders, rule, 1);
      onFolderLeftOut(folder, rule);
    },
  });
  const { placeholders } = scratch.settings.imports;
  for await (const batch of findFiles(job)) {
    signal.throwIfAborted();
    const verdicts = await judge(known, batch, { sourceId: before?.id ?? null, placeholders });
    await job.log.discover(job.id, verdicts.flatMap(linesOf));
    for (const verdict of verdicts) {
      count(tally, verdict);
      if (verdict.is === 'new' || verdict.is === 'changed') onPicture(verdict.file);
    }
    onProgress(tally);
  }
  await failUnmetEntries(job);
  await job.log.discover(job.id, drivesAway.map(awayLine));
  await countFailures(job, tally);
  if (known) {
    tally.missing += await countMissing(job, known, before, tally.found, drivesAway);
    if (before && !isDeepStrictEqual(rules, before.rules)) tally.leaving = await known.leftOut(before, rules);
  }
  return { path: job.source.path, kind: job.source.kind, tally, scanMs: performance.now() - began };
}

/** Canonical names of folders in the source whose drive is away. */
async function drivesAwayOf({ settings }: Scratch, { log }: Known, source: Source): Promise<readonly string[]> {
  const { away, drivesAway } = await viewSource(source, [], log, settings);
  if (away !== null) throw new AppError('SOURCE_UNAVAILABLE', away);
  return drivesAway;
}

function awayLine(name: string): LedgerUpdate {
  return { name, outcome: 'failed', reason: 'SOURCE_UNAVAILABLE' };
}

/** A picture that was moved is not missing where it was: its old name has a line too. */
function linesOf(verdict: Verdict): LedgerUpdate[] {
  const { name } = verdict.file;
  switch (verdict.is) {
    case 'new':
    case 'changed':
      return [{ name, outcome: 'indexed' }];
    case 'unchanged':
    case 'back':
      return [{ name, outcome: 'skipped' }];
    case 'moved':
      return [name, verdict.from].map((moved) => ({ name: moved, outcome: 'moved' }));
    case 'sidecar':
      return [{ name, outcome: 'excluded' }];
    case 'failed':
      return [{ name, outcome: 'failed', reason: verdict.file.code }];
    default:
      return [{ name, outcome: verdict.is }];
  }
}

/** Lines of a manifest fail too, and the ledger has them all. */
async function countFailures({ log, id }: Job, tally: Tally): Promise<void> {
  const errors = (await log.getImport(id))?.errors ?? {};
  tally.found += sumOf(errors) - sumOf(tally.failed);
  tally.failed = { ...errors };
}

/** Known pictures that the walk did not meet and that are gone, as services/imports/missing.ts finds them. */
async function countMissing(
  job: Job,
  known: Known,
  before: Source | null,
  found: number,
  drivesAway: readonly string[],
): Promise<number> {
  const { source } = job;
  const listed = source.kind === 'manifest';
  if (listed && !before) return 0;
  const which: WhichKnown = before && listed ? { sourceId: before.id } : { under: source.root };
  if (listed && found === 0 && (await known.log.countKnown(known.catalog.id, which)) > 0) {
    throw new AppError('SOURCE_UNAVAILABLE', `${source.path} names no picture, but did before`);
  }
  let missing = 0;
  for await (const files of unmet(job, known, { ...which, missing: false })) {
    const here = files.filter(({ name }) => !drivesAway.some((folder) => isUnder(name, folder)));
    const gone = listed ? here.map(() => true) : await Promise.all(here.map(({ path }) => isNoFile(path)));
    missing += gone.filter(Boolean).length;
  }
  if (missing > 0 && !listed && (await isEmptyFolder(source.path))) {
    throw emptied(source);
  }
  return missing;
}

/** Known files without a line. */
async function* unmet({ id, log, signal }: Job, known: Known, which: WhichKnown): AsyncGenerator<KnownFile[]> {
  for await (const files of pagesOf((cursor) => known.log.known(known.catalog.id, which, PAGE, cursor))) {
    signal.throwIfAborted();
    const lines = files.map(({ name }): LedgerUpdate => ({ name, outcome: 'open' }));
    const open = new Set(await log.discover(id, lines));
    yield files.filter(({ name }) => open.has(name));
  }
}
