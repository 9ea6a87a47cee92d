import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { Source, SourceRules } from '../../../src-core/domain/import.ts';
import { factsAfter, factsOf, type ImageRecord } from '../../../src-core/domain/image-record.ts';
import { holdsFiles } from '../../../src-core/files/look.ts';
import type { ImportLog, KnownFile } from '../../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import { looksSame, type Picture } from '../imports/admit.ts';
import type { NamedFile } from '../imports/find-files.ts';
import { findRenames } from '../imports/renames.ts';

/** What a run would make of a file. `back`: unchanged, but marked as missing until now. */
export type Verdict =
  | { is: 'new' | 'changed' | 'unchanged' | 'back' | 'updated'; file: Picture }
  | { is: 'moved'; file: Picture; from: string }
  | { is: 'sidecar'; file: Extract<NamedFile, { kind: 'sidecar' }>; news: boolean }
  | { is: 'excluded'; file: NamedFile; rule: string }
  | { is: 'failed' | 'missing'; file: Extract<NamedFile, { kind: 'failed' }> };

/** What is known of a catalog; only read. */
export interface Known {
  catalog: Catalog;
  log: ImportLog;
  store: Pick<VectorStore, 'get'>;
  /** How many pictures of the source would leave the catalog by these rules. */
  leftOut(source: Source, rules: SourceRules): Promise<number>;
}

export interface JudgeOptions {
  /** Null where the source is new. */
  sourceId: string | null;
  /** Whether files whose bytes lie in a cloud are taken. */
  placeholders: boolean;
}

/** Says of each file of a batch, in order, what `admit` (services/imports) would do with it. Changes nothing. */
export async function judge(
  known: Known | null,
  batch: readonly NamedFile[],
  { sourceId, placeholders }: JudgeOptions,
): Promise<Verdict[]> {
  const { files, sidecars, records, renames } = known ? await recall(known, batch, sourceId) : NOTHING;
  return Promise.all(
    batch.map(async (file): Promise<Verdict> => {
      const before = files.get(file.name);
      switch (file.kind) {
        case 'excluded':
          return { is: 'excluded', file, rule: file.rule };
        case 'sidecar': {
          const read = sidecars.get(file.name);
          return { is: 'sidecar', file, news: read?.bytes !== file.bytes || read.mtimeMs !== file.mtimeMs };
        }
        case 'failed':
          return { is: before && (await isGone(file.code, before)) ? 'missing' : 'failed', file };
        case 'file': {
          const from = renames.get(file.name);
          if (from !== undefined) return { is: 'moved', file, from };
          const record = before && records.get(before.imageId);
          if (known && before && looksSame(file, before, known.catalog) && (!file.facts || record)) {
            if (record && saysNews(file, record)) return { is: 'updated', file };
            return { is: before.missingSince === null ? 'unchanged' : 'back', file };
          }
          if (file.placeholder && !placeholders) return { is: 'excluded', file, rule: 'cloud-placeholder' };
          return { is: before ? 'changed' : 'new', file };
        }
      }
    }),
  );
}

interface Recalled {
  files: ReadonlyMap<string, KnownFile>;
  sidecars: ReadonlyMap<string, { bytes: number; mtimeMs: number }>;
  /** Of the pictures that a manifest speaks of. */
  records: ReadonlyMap<string, ImageRecord>;
  /** Old names by new ones. */
  renames: ReadonlyMap<string, string>;
}

const NOTHING: Recalled = { files: new Map(), sidecars: new Map(), records: new Map(), renames: new Map() };

async function recall(known: Known, batch: readonly NamedFile[], sourceId: string | null): Promise<Recalled> {
  const { catalog, log, store } = known;
  const names = batch.flatMap(({ kind, name }) => (kind === 'file' || kind === 'failed' ? [name] : []));
  const files = new Map((await log.lookup(catalog.id, names)).map((file) => [file.name, file]));
  const sidecarNames = batch.flatMap(({ kind, name }) => (kind === 'sidecar' ? [name] : []));
  const sidecars = sidecarNames.length > 0 ? await log.sidecars(catalog.id, sidecarNames) : [];
  const pictures = batch.filter((file) => file.kind === 'file');
  const spokenOf = pictures.flatMap(({ name, facts }) => (facts ? (files.get(name)?.imageId ?? []) : []));
  const images = spokenOf.length > 0 ? await store.get(catalog.id, spokenOf) : [];
  return {
    files,
    sidecars: new Map(sidecars.map((sidecar) => [sidecar.name, sidecar])),
    records: new Map(images.map(({ record }) => [record.imageId, record])),
    renames: await renamesAmong(
      known,
      pictures.filter(({ name }) => !files.has(name)),
      sourceId,
    ),
  };
}

/** Those whose record can be taken over; the others are indexed. */
async function renamesAmong(
  { catalog, log, store }: Known,
  unknown: readonly Picture[],
  sourceId: string | null,
): Promise<Map<string, string>> {
  // Of a source that does not exist yet nothing is known, so any file that is known under an inode is another's.
  const renames = await findRenames({ log }, catalog, sourceId ?? '', unknown);
  if (renames.size === 0) return new Map();
  const ids = [...renames.values()].map(({ from }) => from.imageId);
  const stored = new Set((await store.get(catalog.id, ids)).map(({ record }) => record.imageId));
  return new Map(
    [...renames].flatMap(([name, { from }]) => (stored.has(from.imageId) ? [[name, from.name] as const] : [])),
  );
}

function saysNews({ facts }: Picture, record: ImageRecord): boolean {
  return facts !== undefined && !isDeepStrictEqual(factsAfter(record, facts), factsOf(record));
}

/** A file of a folder that is empty now may lie on a drive that is away. */
async function isGone(code: string, { path }: KnownFile): Promise<boolean> {
  return code === 'FILE_NOT_FOUND' && holdsFiles(dirname(path));
}
