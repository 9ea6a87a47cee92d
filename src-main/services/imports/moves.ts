import { factsOf } from '../../../src-core/domain/image-record.ts';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { LedgerLine } from '../../../src-core/domain/import.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import type { RecordChange } from '../../../src-core/ports/vector-store.ts';
import type { Job } from './job.ts';

const PAGE = 500;

interface Move {
  from: KnownFile;
  to: KnownFile;
}

/**
 * Finds the files that were moved: indexed by this import under a name, while a file with the same bytes is missing. Call
 * it when nothing is open and the missing ones are marked.
 */
export async function recordMoves(job: Job): Promise<void> {
  if (!(await job.log.hasMissing(job.catalog.id))) return;
  const { id, log, signal } = job;
  for await (const lines of pagesOf((cursor) => log.ledger(id, { outcomes: ['indexed'] }, PAGE, cursor))) {
    signal.throwIfAborted();
    const moves = await movesTo(job, lines);
    if (moves.length === 0) continue;
    await takeRecordsOver(job, moves);
    await log.recordMoves(
      id,
      moves.map(({ from, to }) => ({ from: from.name, to: to.name })),
    );
  }
}

/** Each missing file moves to one place, though copies of it may lie in more. */
async function movesTo({ log, catalog }: Job, lines: readonly LedgerLine[]): Promise<Move[]> {
  const names = lines.map(({ name }) => name);
  const files = await log.lookup(catalog.id, names);
  const hashes = [...new Set(files.map(({ contentHash }) => contentHash))];
  const missing = Map.groupBy(await log.missingByHash(catalog.id, hashes), ({ contentHash }) => contentHash);
  return files.flatMap((to) => {
    const from = missing.get(to.contentHash)?.shift();
    return from ? [{ from, to }] : [];
  });
}

/** What was said of the picture goes on under its new name, unless something else is said there; the old record goes. */
async function takeRecordsOver({ store, catalog }: Job, moves: readonly Move[]): Promise<void> {
  const ids = moves.flatMap(({ from, to }) => [from.imageId, to.imageId]);
  const images = await store.get(catalog.id, ids);
  const records = new Map(images.map(({ record }) => [record.imageId, record]));
  const changes: RecordChange[] = [];
  for (const { from, to } of moves) {
    const old = records.get(from.imageId);
    const now = records.get(to.imageId);
    if (!old || !now) continue;
    const facts = { ...factsOf(old), ...factsOf(now) };
    if (Object.keys(facts).length > 0) changes.push({ imageIds: [to.imageId], patch: facts });
  }
  if (changes.length > 0) await store.setPayload(catalog.id, changes);
  const oldIds = moves.map(({ from }) => from.imageId);
  await store.delete(catalog.id, { imageIds: oldIds });
}
