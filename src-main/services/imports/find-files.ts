import { dirname } from 'node:path';
import { canonicalName } from '../../../src-core/domain/identity.ts';
import { inBatches, pagesOf } from '../../../src-core/domain/pages.ts';
import type { SaidFacts } from '../../../src-core/domain/image-record.ts';
import { isInside } from '../../../src-core/files/is-inside.ts';
import { lookAtNamed, type Found } from '../../../src-core/files/look.ts';
import { readManifest } from '../../../src-core/files/manifest.ts';
import { createMountFinder } from '../../../src-core/files/mounts.ts';
import { walk } from '../../../src-core/files/walk.ts';
import type { LedgerUpdate, ManifestEntry } from '../../../src-core/ports/import-log.ts';
import type { Job } from './job.ts';

/** What was found, under its canonical name, with what a manifest says of it. */
export type NamedFile = Found & { name: string; facts?: SaidFacts };

/** All that the import's source holds, in batches of `settings.imports.batch`. Throws SOURCE_UNAVAILABLE. */
export async function* findFiles(job: Job): AsyncGenerator<NamedFile[]> {
  const manifest = manifestOf(job);
  if (manifest !== null) await loadManifest(job, manifest);
  if (job.source.kind === 'manifest') yield* listedFiles(job);
  else yield* walkedFiles(job);
}

/** Path of the manifest that the import reads, as a source or beside one. */
function manifestOf({ source, run }: Job): string | null {
  return source.kind === 'manifest' ? source.path : run.manifest;
}

/** Entries of the manifest that the walk did not meet fail; call it when all that was found has its line. */
export async function failUnmetEntries(job: Job): Promise<void> {
  if (job.source.kind === 'manifest' || job.run.manifest === null) return;
  const message = `${job.run.manifest} names it, but it was not found in ${job.source.path}`;
  for await (const entries of manifestPages(job)) {
    const lines = entries.map(({ name, line }) => failure(name, 'FILE_NOT_FOUND', `line ${line}: ${message}`));
    await job.log.discover(job.id, lines);
  }
}

async function* walkedFiles(job: Job): AsyncGenerator<NamedFile[]> {
  const { source, settings, signal, onFolderLeftOut, run, log, scope, rules, isSettled } = job;
  const { followLinks, batch } = settings.imports;
  const found = walk(source.path, { rules, followLinks, signal, onFolderLeftOut, ...(scope && { scope }) });
  const mountFinder = await createMountFinder(source.path);
  for await (const items of inBatches(found, batch)) {
    for (const item of items) if (item.kind === 'file') await mountFinder.meet(item.path, item.device);
    const files = items
      .filter((item) => item.kind !== 'file' || isSettled(item))
      .map((item) => ({ ...item, name: canonicalName(item.path) }));
    if (run.manifest === null) {
      yield files;
      continue;
    }
    const entries = await log.manifestEntries(
      job.id,
      files.map(({ name }) => name),
    );
    const factsOf = new Map(entries.map(({ name, facts }) => [name, facts]));
    yield files.map((file) => withFacts(file, factsOf.get(file.name)));
  }
  const mounts = new Set([...source.mounts, ...mountFinder.mounts]);
  if (mounts.size > source.mounts.length) await log.setMounts(source.id, [...mounts]);
}

async function* listedFiles(job: Job): AsyncGenerator<NamedFile[]> {
  const folder = dirname(job.source.path);
  for await (const entries of manifestPages(job)) {
    job.signal.throwIfAborted();
    yield await Promise.all(
      entries.map(async ({ name, path, facts }) => {
        const found = await lookAtNamed(path, isInside(folder, path) ? folder : null);
        return withFacts({ ...found, name }, facts);
      }),
    );
  }
}

function manifestPages({ id, log, settings }: Job): AsyncGenerator<ManifestEntry[]> {
  return pagesOf((cursor) => log.manifest(id, settings.imports.batch, cursor));
}

/** Reads the manifest into the log; a line that cannot be used is a failed line of the ledger. */
async function loadManifest(job: Job, path: string): Promise<void> {
  const { id, log, settings, signal, source } = job;
  const lineName = (line: number) => `${canonicalName(path)}:${line}`;
  await log.clearManifest(id);
  for await (const items of inBatches(readManifest(path, source.columns, signal), settings.imports.batch)) {
    const bad = items.flatMap((item) =>
      item.kind === 'bad' ? [failure(lineName(item.line), 'INVALID_MANIFEST', item.message)] : [],
    );
    const entries = items.flatMap((item) =>
      item.kind === 'picture'
        ? [{ name: canonicalName(item.path), path: item.path, line: item.line, facts: item.facts }]
        : [],
    );
    const repeated = (await log.addManifest(id, entries)).map(({ entry, firstLine }) =>
      failure(
        lineName(entry.line),
        'INVALID_MANIFEST',
        `line ${entry.line}: ${entry.path} is named by line ${firstLine} already`,
      ),
    );
    await log.record(id, [...bad, ...repeated]);
  }
}

function withFacts(file: NamedFile, facts: SaidFacts | undefined): NamedFile {
  return facts ? { ...file, facts } : file;
}

function failure(name: string, reason: 'FILE_NOT_FOUND' | 'INVALID_MANIFEST', message: string): LedgerUpdate {
  return { name, outcome: 'failed', reason, message };
}
