import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { Source } from '../../../src-core/domain/import.ts';
import { estimate, estimateOfLooking, type Estimate } from './estimate.ts';
import type { Picture } from '../imports/admit.ts';
import type { Known } from './judge.ts';
import { lookOver, type PathRequest } from './look-over.ts';
import { rehearse } from './rehearse.ts';
import { createSample, type Sample } from './sample.ts';
import type { Scratch } from './scratch.ts';
import { formatOf, sumTallies, type Tally } from './tally.ts';

export interface PlanDeps {
  scratch: Scratch;
  /** Null where the catalog does not exist. */
  known: Known | null;
  /** Worker processes that a run would have. */
  workers: number;
  cores: number;
  /** In [0, 1). */
  random?: () => number;
}

export interface PlanRequest {
  catalog: string;
  paths: readonly PathRequest[];
}

export interface PlanOptions {
  signal: AbortSignal;
  onProgress?: (progress: PlanProgress) => void;
}

/** `tally`: of the path that is looked at. */
export type PlanProgress =
  { step: 'looking'; found: number; tally: Tally } | { step: 'sampling'; done: number; of: number };

export interface Plan {
  catalog: string;
  total: Tally;
  /** One per path, in their order. */
  sources: { path: string; kind: Source['kind']; tally: Tally }[];
  /** The first folders that rules leave out. */
  leftOut: { path: string; rule: string }[];
  time: Estimate | { unknown: 'no workers' | 'no result' | 'stopped' };
  workers: number;
}

/** Pictures that are indexed to learn what they cost. */
const SAMPLE = 1_000;
/** They are chosen among so many, so that memory does not grow with the number of files. */
const HELD = 5_000;
/** Few seconds of all cores; 12-megapixel JPEGs are cut short by it, small PNGs by their number. */
const LIMIT_MS = 3_000;
const LISTED_FOLDERS = 20;
/** What changing a record takes beyond finding that out; 2,000 of each took so much CPU. */
const MOVE_MS = 0.25;
const UPDATE_MS = 0.1;

/**
 * Says what a run over these paths would do and how long it would take. Only the scratch is written to. Files are not
 * read, but for manifests and the sample. Throws as `lookOver` does, DIMENSION_MISMATCH for a catalog of another model,
 * what a fleet throws that can never run, and the signal's reason when it aborts before all files are found.
 */
export async function planImports(
  deps: PlanDeps,
  request: PlanRequest,
  { signal, onProgress = () => {} }: PlanOptions,
): Promise<Plan> {
  const { scratch, known, workers, cores, random = Math.random } = deps;
  const catalog = await scratchCatalog(scratch, request.catalog, known);
  const sample = createSample<Picture>(HELD, SAMPLE, random);
  const leftOut: Plan['leftOut'] = [];
  const overviews = [];
  let found = 0;
  for (const path of request.paths) {
    const overview = await lookOver(scratch, catalog, known, path, {
      signal,
      onPicture: (picture) => sample.offer(stratumOf(picture), picture),
      onProgress: (tally) => onProgress({ step: 'looking', found: found + tally.found, tally }),
      onFolderLeftOut: (folder, rule) => {
        if (leftOut.length < LISTED_FOLDERS) leftOut.push({ path: folder, rule });
      },
    });
    found += overview.tally.found;
    overviews.push(overview);
  }
  const total = sumTallies(overviews.map(({ tally }) => tally));
  const changingMs = total.moved.files * MOVE_MS + total.updated.files * UPDATE_MS;
  const scanMs = overviews.reduce((sum, overview) => sum + overview.scanMs, changingMs);
  const onSampled = (done: number, of: number) => onProgress({ step: 'sampling', done, of });
  return {
    catalog: request.catalog,
    total,
    sources: overviews.map(({ path, kind, tally }) => ({ path, kind, tally })),
    leftOut,
    time: await timeOf({ scratch, workers, cores }, sample, scanMs, signal, onSampled),
    workers,
  };
}

/** With the model that the catalog has, so that asking for it fails as in a run. */
async function scratchCatalog(scratch: Scratch, name: string, known: Known | null): Promise<Catalog> {
  if (known) {
    const { model, dimension } = known.catalog;
    await scratch.store.ensureCatalog({ name, model, dimension });
  }
  return scratch.ensureCatalog(name);
}

async function timeOf(
  { scratch, workers, cores }: Pick<PlanDeps, 'scratch' | 'workers' | 'cores'>,
  sample: Sample<Picture>,
  scanMs: number,
  signal: AbortSignal,
  onProgress: (done: number, of: number) => void,
): Promise<Plan['time']> {
  const drawn = sample.draw(SAMPLE);
  if (drawn.length === 0) return estimateOfLooking(scanMs);
  if (workers === 0) return { unknown: 'no workers' };
  try {
    const rehearsal = await rehearse(scratch, drawn, { signal, limitMs: LIMIT_MS, onProgress });
    if (!rehearsal) return { unknown: 'no result' };
    return estimate({ rehearsal, counts: sample.counts(), scanMs, cores });
  } catch (error) {
    // What was counted is worth saying all the same.
    if (signal.aborted) return { unknown: 'stopped' };
    throw error;
  }
}

/** Kind of file and its size within a factor of four: what decoding costs hangs on little else. */
function stratumOf({ path, bytes }: Picture): string {
  return `${formatOf(path)} ${Math.floor(Math.log2(Math.max(1, bytes)) / 2)}`;
}
