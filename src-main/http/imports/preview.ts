import { availableParallelism } from 'node:os';
import type { PreviewDocument, PreviewImport } from '../../../src-core/contract/import-preview.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { OPEN_STATES } from '../../../src-core/domain/task.ts';
import type { Console } from '../../console.ts';
import { knownOf, openScratch } from '../../open-scratch.ts';
import { tallyDocument } from '../../plan-documents.ts';
import { planImports, type Plan, type PlanProgress } from '../../services/plan/plan-imports.ts';
import type { Tally } from '../../services/plan/tally.ts';
import type { ApiParts } from '../procedures.ts';

/** A person waits for it; what was counted until then is told. */
const PATIENCE_MS = 15_000;

export interface PreviewOptions {
  /** Aborts when a person has waited long enough. */
  late?: () => AbortSignal;
  /** Files found so far. */
  onLooking?: (found: number) => void;
}

/** Says what an import would do, and writes nothing. Only one looks at a time; others wait for it. */
export function createPreview(
  { console, roots }: Pick<ApiParts, 'console' | 'roots'>,
  { late = () => AbortSignal.timeout(PATIENCE_MS), onLooking = () => {} }: PreviewOptions = {},
) {
  let before: Promise<unknown> = Promise.resolve();

  async function look(input: PreviewImport, signal: AbortSignal): Promise<PreviewDocument> {
    signal.throwIfAborted();
    const { path } = await roots.check(input.path);
    const manifest = input.manifest === undefined ? undefined : (await roots.check(input.manifest)).path;
    const { include, exclude, catalog, columns } = input;
    const load = await loadOf(console);
    const over = late();
    const scratch = await openScratch(console, { write: (line) => console.recentLogs.add(line), terminal: false });
    let seen: Tally | null = null;
    const onProgress = (progress: PlanProgress): void => {
      if (progress.step !== 'looking') return;
      seen = progress.tally;
      onLooking(progress.found);
    };
    try {
      // Where the fleet is at work, it tells the time itself, and is not held up by a trial.
      const workers = load.rate > 0 ? 0 : (console.fleet()?.wanted() ?? 0);
      const deps = { scratch, known: await knownOf(console, catalog), workers, cores: availableParallelism() };
      const request = { catalog, paths: [{ path, manifest, columns, rules: { include, exclude } }] };
      const options = { signal: AbortSignal.any([signal, over]), onProgress };
      const plan = await planImports(deps, request, options);
      return { complete: true, ...documentOf(plan.total, load), ...timeOf(plan, load) };
    } catch (error) {
      signal.throwIfAborted();
      if (!over.aborted) throw error;
      if (seen === null)
        throw new AppError('REQUEST_TIMEOUT', `${path} did not tell of a file in time`, { cause: error });
      return { complete: false, ...documentOf(seen, load), time: null, time_unknown: 'stopped' };
    } finally {
      await scratch.close();
    }
  }

  return (input: PreviewImport, signal: AbortSignal): Promise<PreviewDocument> => {
    const looked = before.then(() => look(input, signal));
    before = looked.catch(() => {}); // its own caller is told
    return looked;
  };
}

interface Load {
  /** Pictures a second that the fleet gets through now; 0 while it does nothing. */
  rate: number;
  /** Tasks that are before those of a new import. */
  open: number;
}

async function loadOf(console: Pick<Console, 'queue'>): Promise<Load> {
  const queue = await console.queue();
  const [{ counts }, workers] = await Promise.all([queue.stats(), queue.workers()]);
  const busy = workers.filter(({ lost, status }) => !lost && status.state === 'busy');
  return {
    rate: busy.reduce((sum, { status }) => sum + status.rate, 0),
    open: OPEN_STATES.reduce((sum, state) => sum + counts[state], 0),
  };
}

function documentOf(tally: Tally, { open }: Load) {
  return { ...tallyDocument(tally), open_before: open };
}

function timeOf({ total, time }: Plan, { rate }: Load): Pick<PreviewDocument, 'time' | 'time_unknown'> {
  const toIndex = total.new.files + total.changed.files;
  if (rate > 0 && toIndex > 0) {
    const measured = { by: 'rate', seconds: toIndex / rate, low_seconds: null, high_seconds: null } as const;
    return { time: { ...measured, images_per_second: rate }, time_unknown: null };
  }
  if ('unknown' in time) return { time: null, time_unknown: time.unknown };
  return {
    time: {
      by: 'sample',
      seconds: time.ms / 1_000,
      low_seconds: time.lowMs / 1_000,
      high_seconds: time.highMs / 1_000,
      images_per_second: time.picturesPerSecond,
    },
    time_unknown: null,
  };
}
