import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import {
  discovered,
  LEDGER_OUTCOMES,
  type ImportRun,
  type LedgerLine,
  type Source,
} from '../../../src-core/domain/import.ts';
import type { ImportLog, KnownFile } from '../../../src-core/ports/import-log.ts';

/** Opens an empty log; the clock is the test's where it gives one. */
export type OpenLog = (options?: { now?: () => number }) => Promise<ImportLog>;

export interface Rig {
  log: ImportLog;
  source: Source;
  run: ImportRun;
}

export async function openRig(open: OpenLog, options?: { now?: () => number }): Promise<Rig> {
  const log = await open(options);
  onTestFinished(() => log.close());
  const source = await log.ensureSource(folderAt('/photos', randomUUID()));
  return { log, source, run: await log.openImport(importOf(source)) };
}

export function folderAt(root: string, catalogId: string): Pick<Source, 'catalogId' | 'kind' | 'root' | 'path'> {
  return { catalogId, kind: 'folder', root, path: root };
}

export function importOf({ id, catalogId }: Source) {
  return { sourceId: id, catalogId, priority: 'normal', manifest: null } as const;
}

export function knownFile(source: Source, name: string, more: Partial<KnownFile> = {}): KnownFile {
  return {
    name,
    path: name,
    sourceId: source.id,
    imageId: randomUUID(),
    bytes: 10,
    mtimeMs: 1_700_000_000_000.25,
    contentHash: 'aa',
    model: 'default-160',
    inode: null,
    missingSince: null,
    ...more,
  };
}

export async function allLines(log: ImportLog, importId: string): Promise<LedgerLine[]> {
  return (await log.ledger(importId, {}, 10_000)).items;
}

/** The counts as they are kept, checked against the lines themselves. */
export async function countsOf(log: ImportLog, importId: string): Promise<Partial<ImportRun['counts']>> {
  const run = (await log.getImport(importId))!;
  const lines = await allLines(log, importId);
  for (const outcome of LEDGER_OUTCOMES) {
    const counted = lines.filter((line) => line.outcome === outcome).length;
    if (run.counts[outcome] !== counted) {
      throw new Error(`${outcome}: kept ${run.counts[outcome]}, counted ${counted}`);
    }
  }
  if (discovered(run.counts) !== lines.length) throw new Error('discovered is not the number of lines');
  return Object.fromEntries(Object.entries(run.counts).filter(([, n]) => n > 0));
}
