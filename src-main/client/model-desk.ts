import type { z } from 'zod';
import type { modelDocument } from '../../src-core/contract/models.ts';

export type ListedModelDocument = z.output<typeof modelDocument>;
export type DownloadProgress = Pick<NonNullable<ListedModelDocument['download']>, 'state' | 'file' | 'bytes'> & {
  total_bytes: number | null;
};

/** Models of this data dir, or of a server's. Errors are those of services/models. */
export interface ModelDesk {
  /** Those that are installed, then those that can be. */
  list(): Promise<ListedModelDocument[]>;
  get(id: string): Promise<ListedModelDocument>;
  /** Starts to bring one, or to go on; answers at once. */
  download(id: string): Promise<void>;
  /**
   * How a download ends; throws why it failed. With `signal` it is stopped in this process, and left running (`running`) at a
   * server.
   */
  ended(id: string, signal: AbortSignal): Promise<DownloadProgress>;
  cancel(id: string): Promise<void>;
  /** Answers its id. Paths are of the machine that has the models. */
  add(path: string, as: string | undefined): Promise<string>;
  remove(id: string): Promise<void>;
  use(id: string): Promise<void>;
}
