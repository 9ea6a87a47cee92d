import { extname } from 'node:path/posix';
import { pagesOf } from '../../../src-core/domain/pages.ts';
import { toAppError } from '../../../src-core/domain/app-error.ts';
import { isAbsent } from '../../../src-core/files/look.ts';
import { readSidecar, speaksFor } from '../../../src-core/files/sidecar.ts';
import type { KnownFile, LedgerUpdate, Sidecar, SidecarText } from '../../../src-core/ports/import-log.ts';
import type { RecordChange } from '../../../src-core/ports/vector-store.ts';
import type { NamedFile } from './find-files.ts';
import type { Job } from './job.ts';

const PAGE = 200;

const TEXTS = ['title', 'caption', 'keywords'] as const satisfies SidecarText[];

type Waiting = Sidecar & { gave: readonly SidecarText[] };

/** Remembers the sidecars of a batch; those that are new or changed are applied when the import's tasks are done. */
export async function meetSidecars({ log, catalog, source }: Job, batch: readonly NamedFile[]): Promise<void> {
  const met = batch.flatMap((file): Sidecar[] => {
    if (file.kind !== 'sidecar') return [];
    const { name, path, bytes, mtimeMs } = file;
    return [{ name, path, bytes, mtimeMs, sourceId: source.id }];
  });
  if (met.length > 0) await log.meetSidecars(catalog.id, met);
}

/** Pictures among these whose sidecar is gone: what they say of themselves has to be read again. */
export async function withoutSidecar(
  { log, catalog }: Job,
  names: readonly string[],
): Promise<{ pictures: Set<string>; sidecars: string[] }> {
  if (names.length === 0 || !(await log.hasSidecars(catalog.id))) return { pictures: new Set(), sidecars: [] };
  const sidecars = await log.sidecars(catalog.id, names.flatMap(sidecarNames));
  const absent = await Promise.all(sidecars.map(({ path }) => isAbsent(path)));
  const gone = sidecars.filter((_, at) => absent[at]).map(({ name }) => name);
  const pictures = names.filter((name) => gone.some((sidecar) => speaksFor(sidecar, name)));
  return { pictures: new Set(pictures), sidecars: gone };
}

/** The names that a picture's sidecar may have. */
function sidecarNames(name: string): string[] {
  const stem = name.slice(0, name.length - extname(name).length);
  return [name, stem].flatMap((start) => [`${start}.xmp`, `${start}.XMP`]);
}

/**
 * Brings the records up to what the new and changed sidecars say, and those of pictures that workers have just read, for
 * they wrote what the picture itself says. Call it when no task is open. No picture is decoded.
 */
export async function applySidecars(job: Job): Promise<void> {
  const { log, catalog } = job;
  if (!(await log.hasSidecars(catalog.id))) return;
  await callThoseOfReadPictures(job);
  for await (const page of pagesOf((cursor) => log.waitingSidecars(catalog.id, PAGE, cursor))) {
    job.signal.throwIfAborted();
    await applyPage(
      job,
      page.filter(({ sourceId }) => sourceId === job.source.id),
    );
  }
}

async function callThoseOfReadPictures({ id, log, catalog, signal }: Job): Promise<void> {
  const outcomes = ['indexed', 'updated', 'moved', 'skipped'] as const;
  for await (const lines of pagesOf((cursor) => log.ledger(id, { outcomes }, PAGE, cursor))) {
    signal.throwIfAborted();
    const read = lines.filter(({ taskId, outcome }) => taskId !== null || outcome === 'moved');
    const sidecars = await log.sidecars(
      catalog.id,
      read.flatMap(({ name }) => sidecarNames(name)),
    );
    const names = sidecars.map(({ name }) => name);
    if (names.length > 0) await log.callSidecars(catalog.id, names);
  }
}

async function applyPage({ id, log, store, catalog }: Job, sidecars: readonly Waiting[]): Promise<void> {
  const applied: { name: string; gave: SidecarText[] }[] = [];
  const changes: RecordChange[] = [];
  const failures: LedgerUpdate[] = [];
  const updated: string[] = [];
  for (const { name, path, gave: before } of sidecars) {
    const pictures = await picturesOf({ log, catalog }, name);
    try {
      const texts = await readSidecar(path);
      const gave = TEXTS.filter((text) => texts[text] !== null && texts[text]?.length !== 0);
      applied.push({ name, gave });
      // What it says no more is taken away; what it never said is the picture's own, and stays.
      const spoken = TEXTS.filter((text) => gave.includes(text) || before.includes(text));
      if (pictures.length === 0 || spoken.length === 0) continue;
      const patch = Object.fromEntries(spoken.map((text) => [text, texts[text]]));
      changes.push({ imageIds: pictures.map(({ imageId }) => imageId), patch });
      updated.push(...pictures.map((picture) => picture.name));
    } catch (error) {
      const { code, message } = toAppError(error);
      applied.push({ name, gave: before.slice() });
      failures.push({ name, outcome: 'failed', reason: code, message });
    }
  }
  if (changes.length > 0) await store.setPayload(catalog.id, changes);
  await log.recordUpdated(id, updated, 'sidecar');
  if (failures.length > 0) await log.record(id, failures);
  await log.sidecarsApplied(catalog.id, applied);
}

/** A sidecar of one very picture (`a.jpg.xmp`) goes before one of all with its stem (`a.xmp`). */
async function picturesOf({ log, catalog }: Pick<Job, 'log' | 'catalog'>, sidecar: string): Promise<KnownFile[]> {
  const stem = sidecar.slice(0, sidecar.length - extname(sidecar).length);
  const exact = await log.lookup(catalog.id, [stem]);
  if (exact.length > 0) return exact;
  const { items } = await log.known(catalog.id, { prefix: `${stem}.` }, PAGE);
  const spoken = items.filter(({ name }) => speaksFor(sidecar, name));
  const own = await log.sidecars(
    catalog.id,
    spoken.flatMap(({ name }) => [`${name}.xmp`, `${name}.XMP`]),
  );
  return spoken.filter(
    ({ name }) => !own.some((other) => speaksFor(other.name, name) && other.name.startsWith(`${name}.`)),
  );
}
