import { openBackup } from './backup-reader.ts';
import type { Catalog } from '../../../src-core/domain/catalog.ts';

export interface BackupCheck {
  catalog: Catalog;
  /** All of them were read. */
  records: number;
  /** When the copy that made it began, ms since the epoch. */
  startedAt: number;
  interrupted: boolean;
}

/** Reads a backup whole and checks every byte and record of it; no store is needed. Throws as `openBackup` and its pages do. */
export async function checkBackup(
  folder: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<BackupCheck> {
  const { catalog, manifest, pages } = await openBackup(folder);
  let records = 0;
  for await (const page of pages(null)) {
    records += page.length;
    onProgress?.(records, manifest.records);
    if (signal.aborted) break;
  }
  return { catalog, records, startedAt: manifest.startedAt, interrupted: signal.aborted };
}
