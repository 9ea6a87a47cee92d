import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError, type AppError } from '../../../src-core/domain/app-error.ts';
import { isFinished, type ImportRun } from '../../../src-core/domain/import.ts';
import type { Imports, StartRequest } from './imports.ts';

/** Drives imports in this process for as long as it lives: for hosts whose callers do not wait for the end. */
export interface ImportHost {
  /** As `Imports.start`; it is driven from then on. */
  start(request: StartRequest): Promise<ImportRun>;
  /** Drives what an earlier process has left unfinished; what another one drives, when that ends before the import does. */
  resumeUnfinished(): Promise<void>;
  pause(importId: string): Promise<ImportRun>;
  /** It is driven from then on, by this process or the one that does. */
  resume(importId: string): Promise<ImportRun>;
  /** Answers how many tasks were cancelled. */
  cancel(importId: string): Promise<number>;
  /** Stops driving and leaves all as it is. Idempotent. */
  close(): Promise<void>;
}

export interface ImportHostOptions {
  imports: Imports;
  /** An import that cannot be driven on: a defect, say. It stays unfinished. */
  onTrouble: (importId: string, error: AppError) => void;
  /** Before an import is asked for again that another process drives, in ms. */
  againMs?: number;
}

const MOST_IMPORTS = 10_000;
const AGAIN_MS = 5_000;

export function createImportHost({ imports, onTrouble, againMs = AGAIN_MS }: ImportHostOptions): ImportHost {
  const stopping = new AbortController();
  const driven = new Map<string, Promise<void>>();

  function drive(importId: string): void {
    if (driven.has(importId) || stopping.signal.aborted) return;
    driven.set(
      importId,
      run(importId).finally(() => driven.delete(importId)),
    );
  }

  /** One that another process drives is asked for again: that process may end, or be a container that is no more. */
  async function run(importId: string): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await imports.run(importId, { signal: stopping.signal });
        return;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code !== 'CONFLICT') return onTrouble(importId, error);
        await sleep(againMs, undefined, { signal: stopping.signal }).catch(() => {}); // aborted
      }
    }
  }

  return {
    async start(request) {
      const started = await imports.start(request);
      drive(started.id);
      return started;
    },

    async resumeUnfinished() {
      for (const { id, state } of await imports.list(MOST_IMPORTS)) if (!isFinished(state)) drive(id);
    },

    pause: (importId) => imports.pause(importId),

    async resume(importId) {
      const resumed = await imports.resume(importId);
      drive(importId);
      return resumed;
    },

    cancel: (importId) => imports.cancel(importId),

    async close() {
      stopping.abort();
      await Promise.all(driven.values());
    },
  };
}
