import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import { canonicalName, taskIdOf } from '../../../src-core/domain/identity.ts';
import { factsAfter, type ImageRecord, type SaidFacts } from '../../../src-core/domain/image-record.ts';
import { machineOf, nameInStore, pictureIdOf } from '../../../src-core/domain/naming.ts';
import type { NewTask } from '../../../src-core/domain/task.ts';
import { holdsFiles } from '../../../src-core/files/look.ts';
import type { KnownFile, LedgerUpdate } from '../../../src-core/ports/import-log.ts';
import type { RecordChange, RecordPatch } from '../../../src-core/ports/vector-store.ts';
import type { NamedFile } from './find-files.ts';
import type { Job } from './job.ts';
import { mark } from './missing.ts';
import { findRenames, knownAs, takeOver, type Rename } from './renames.ts';
import { meetSidecars, withoutSidecar } from './sidecars.ts';

export type Picture = Extract<NamedFile, { kind: 'file' }>;

/**
 * Gives every file of a batch its line and the new or changed ones a task. The ledger is written before the queue, and
 * both do nothing the second time: after a crash in between, walking again heals it.
 */
export async function admit(job: Job, batch: readonly NamedFile[]): Promise<void> {
  const { log, catalog, source, settings } = job;
  await meetSidecars(job, batch);
  const pictures = batch.filter((file) => file.kind === 'file');
  const known = await knownAmong(job, batch);
  const unknown = pictures.filter(({ name }) => !known.has(name));
  const renamed = await renameKnown(job, unknown);
  const bereft = await withoutSidecar(job, [...known.keys()]);
  const records = await recordsOf(job, pictures, known);
  const updated = await updateRecords(job, pictures, known, records);
  const vanished = await markVanished(job, batch, known);

  const lines = batch.map((file): LedgerUpdate => {
    const { name } = file;
    const before = known.get(name);
    switch (file.kind) {
      case 'excluded':
        return { name, outcome: 'excluded', reason: file.rule };
      case 'sidecar':
        return { name, outcome: 'excluded', reason: 'sidecar', bytes: file.bytes };
      case 'failed':
        if (vanished.has(name)) return { name, outcome: 'missing' };
        return { name, outcome: 'failed', reason: file.code, message: file.message };
      case 'file': {
        const { bytes } = file;
        const rename = renamed.get(name);
        if (rename) return { name, outcome: 'moved', reason: rename.from.name, bytes };
        if (before && isUnchanged(job, file, before, records) && !bereft.pictures.has(name)) {
          if (updated.has(name)) return { name, outcome: 'updated', reason: 'facts', bytes };
          return { name, outcome: 'skipped', reason: before.missingSince === null ? 'unchanged' : 'back', bytes };
        }
        if (file.placeholder && !settings.imports.placeholders) {
          return { name, outcome: 'excluded', reason: 'cloud-placeholder', bytes };
        }
        return { name, outcome: 'open', taskId: taskIdOf(job.id, name), bytes };
      }
    }
  });

  // Before the lines: a file with the line of a moved one that is not known would be nobody's.
  if (renamed.size > 0) {
    const moves = [...renamed.values()].map((rename) => ({
      from: rename.from.name,
      to: knownAs(rename, catalog.id, source.naming),
    }));
    await log.rename(catalog.id, moves);
  }
  // Also lines that were open before, whatever their file looks like now: the queue may have lost their tasks.
  const open = new Set(await log.discover(job.id, lines));
  const tasks = pictures
    .filter(({ name }) => open.has(name))
    .map((file) => taskOf(job, file, records.get(pictureIdOf(catalog.id, source.naming, file.name))));
  await job.queue.enqueue(tasks);
  // Last: a host that dies before must find them gone again.
  if (bereft.sidecars.length > 0) await log.forgetSidecars(catalog.id, bereft.sidecars);
}

async function knownAmong({ log, catalog }: Job, files: readonly NamedFile[]): Promise<Map<string, KnownFile>> {
  const names = files.flatMap(({ kind, name }) => (kind === 'file' || kind === 'failed' ? [name] : []));
  return new Map((await log.lookup(catalog.id, names)).map((file) => [file.name, file]));
}

/** Takes the records of renamed files over; answers those renames, by their new names. */
async function renameKnown(job: Job, unknown: readonly Picture[]): Promise<Map<string, Rename>> {
  const { catalog, source, id } = job;
  const renames = await findRenames(job, catalog, source.id, unknown);
  if (renames.size === 0) return renames;
  for (const name of await takeOver(job, catalog.id, source.naming, id, [...renames.values()])) renames.delete(name);
  return renames;
}

/** Files that were named and are gone from a folder that has others: a folder that is empty may be a drive that is away. */
async function markVanished(
  job: Job,
  batch: readonly NamedFile[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<Set<string>> {
  const gone: KnownFile[] = [];
  for (const file of batch) {
    const before = file.kind === 'failed' && file.code === 'FILE_NOT_FOUND' ? known.get(file.name) : undefined;
    if (before && (await holdsFiles(dirname(before.path)))) gone.push(before);
  }
  await mark(
    job,
    gone.filter(({ missingSince }) => missingSince === null),
  );
  return new Set(gone.map(({ name }) => name));
}

/** Whether a file is as it was when it was indexed, by all that can be seen without reading it. */
export function looksSame({ bytes, mtimeMs }: Picture, before: KnownFile, { model }: Catalog): boolean {
  return before.bytes === bytes && before.mtimeMs === mtimeMs && before.model === model;
}

/** With a manifest the records were asked for; one that is not there is made again. */
function isUnchanged(job: Job, file: Picture, before: KnownFile, records: ReadonlyMap<string, ImageRecord>): boolean {
  return looksSame(file, before, job.catalog) && (!file.facts || records.has(before.imageId));
}

/** Records of the known pictures that a manifest speaks of or that are indexed again. */
async function recordsOf(
  job: Job,
  pictures: readonly Picture[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<Map<string, ImageRecord>> {
  const ids = pictures.flatMap((file) => {
    const before = known.get(file.name);
    return before && (file.facts || !looksSame(file, before, job.catalog)) ? [before.imageId] : [];
  });
  if (ids.length === 0) return new Map();
  const images = await job.store.get(job.catalog.id, ids);
  return new Map(images.map(({ record }) => [record.imageId, record]));
}

/** Brings the facts of known pictures up to date, and takes the mark from those that are back. Answers whose facts changed. */
async function updateRecords(
  { store, log, catalog, source }: Job,
  pictures: readonly Picture[],
  known: ReadonlyMap<string, KnownFile>,
  records: ReadonlyMap<string, ImageRecord>,
): Promise<Set<string>> {
  const updated = new Set<string>();
  const back: KnownFile[] = [];
  const changes: RecordChange[] = [];
  for (const { name, path, facts } of pictures) {
    const before = known.get(name);
    if (!before) continue;
    if (before.missingSince !== null) back.push({ ...before, path, sourceId: source.id, missingSince: null });
    const record = records.get(before.imageId);
    const news = record && facts ? factsThatDiffer(facts, record) : {};
    if (Object.keys(news).length === 0) continue;
    changes.push({ imageIds: [before.imageId], patch: news });
    updated.add(name);
  }
  if (back.length > 0) changes.push({ imageIds: back.map(({ imageId }) => imageId), patch: { missingSince: null } });
  if (changes.length > 0) await store.setPayload(catalog.id, changes);
  if (back.length > 0) await log.remember(catalog.id, back);
  return updated;
}

function factsThatDiffer(said: SaidFacts, record: ImageRecord): RecordPatch {
  return Object.fromEntries(
    Object.entries(said).filter(
      ([field, value]) => !isDeepStrictEqual(value, record[field as keyof SaidFacts] ?? null),
    ),
  );
}

/** What was said of a picture before is kept where its manifest, or having none, says nothing. */
function taskOf(job: Job, file: Picture, record: ImageRecord | undefined): NewTask {
  const { id, catalog, source, run, settings, machine } = job;
  const { name, path, root, facts } = file;
  const stored = nameInStore(source.naming, name);
  return {
    id: taskIdOf(id, name),
    kind: 'index',
    catalogId: catalog.id,
    importId: id,
    priority: run.priority,
    maxAttempts: settings.queue.attempts,
    backoff: { baseMs: settings.queue.backoffBaseMs, capMs: settings.queue.backoffCapMs },
    payload: {
      ...factsAfter(record ?? {}, facts),
      path,
      canonicalName: stored,
      imageId: pictureIdOf(catalog.id, source.naming, name),
      sourceId: source.id,
      root,
      rootName: root === null ? null : nameInStore(source.naming, canonicalName(root)),
      inode: file.inode,
      // A shared name, or one from before the store was shared, does not say whose path this is.
      ...(machine !== null && machineOf(stored) === null && { machine }),
    },
  };
}
