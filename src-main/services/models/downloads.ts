import { AppError, toAppError } from '../../../src-core/domain/app-error.ts';
import type { ModelOffer } from '../../../src-core/domain/model-offer.ts';
import { downloadModel, type DownloadOptions } from './download-model.ts';

/** A download of this process: one that runs, or how the last one ended. */
export interface Download {
  state: 'running' | 'done' | 'failed' | 'cancelled';
  /** The one that is coming now. */
  file: string | null;
  /** Of all files, with what was there before. */
  bytes: number;
  /** Null while it is not known. */
  total: number | null;
  startedAt: number;
  error: AppError | null;
}

export interface Downloads {
  get(id: string): Download | null;
  all(): [id: string, download: Download][];
  /** One that runs goes on. Answers at once; `finished` tells the end. */
  start(offer: ModelOffer): void;
  /** Resolves with its end, whatever it is. */
  finished(id: string): Promise<Download>;
  /** Ends it; what has come is kept. Throws CONFLICT when none runs. */
  cancel(id: string): Promise<void>;
  forget(id: string): void;
  /** Resolves with the next change, or with `signal`. */
  changed(signal: AbortSignal): Promise<void>;
  /** Ends all. */
  close(): Promise<void>;
}

interface Running {
  download: Download;
  stop: AbortController;
  ended: Promise<void>;
}

export function createDownloads(options: Pick<DownloadOptions, 'hub' | 'folder' | 'patience'>): Downloads {
  const known = new Map<string, Running>();
  let change = Promise.withResolvers<void>();

  function tell(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  async function run(offer: ModelOffer, download: Download, signal: AbortSignal): Promise<void> {
    try {
      await downloadModel(offer, {
        ...options,
        signal,
        onProgress(file, bytes, total) {
          Object.assign(download, { file, bytes, total });
          tell();
        },
      });
      download.state = 'done';
    } catch (error) {
      download.error = toAppError(error);
      download.state = signal.aborted ? 'cancelled' : 'failed';
    }
    download.file = null;
    tell();
  }

  const downloads: Downloads = {
    get: (id) => known.get(id)?.download ?? null,
    all: () => [...known].map(([id, { download }]) => [id, download]),

    start(offer) {
      const { id } = offer.manifest;
      if (known.get(id)?.download.state === 'running') return;
      const stop = new AbortController();
      const download: Download = {
        state: 'running',
        file: null,
        bytes: 0,
        total: null,
        startedAt: Date.now(),
        error: null,
      };
      known.set(id, { download, stop, ended: run(offer, download, stop.signal) });
      tell();
    },

    async finished(id) {
      const running = known.get(id);
      if (!running) throw new AppError('NOT_FOUND', `the model "${id}" was not downloaded`);
      await running.ended;
      return running.download;
    },

    async cancel(id) {
      const running = known.get(id);
      if (running?.download.state !== 'running')
        throw new AppError('CONFLICT', `the model "${id}" is not being downloaded`);
      running.stop.abort();
      await running.ended;
    },

    forget(id) {
      known.delete(id);
      tell();
    },

    async changed(signal) {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = (): void => resolve();
      signal.addEventListener('abort', stop);
      await Promise.race([change.promise, promise]);
      signal.removeEventListener('abort', stop);
    },

    async close() {
      for (const { stop } of known.values()) stop.abort();
      await Promise.all([...known.values()].map(({ ended }) => ended));
    },
  };
  return downloads;
}
