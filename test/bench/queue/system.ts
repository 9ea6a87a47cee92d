import { imageIdOf } from '../../../src-core/domain/identity.ts';
import type { IndexPayload } from '../../../src-core/domain/index-task.ts';

/** Our queue and its peers, as the benchmark drives them. */
export interface QueueSystem {
  /** One call of the system's own, for one task or for a batch. */
  enqueue(tasks: readonly BenchTask[]): Promise<void>;
  /** Connects consumers, which begin when they are told to. */
  consume(consumers: number, heard: Heard): Promise<Consumers>;
  close(): Promise<void>;
}

export interface BenchTask {
  id: string;
  payload: IndexPayload;
}

/** What consumers report. */
export interface Heard {
  begun(id: string): void;
  /** Acknowledged to the queue; so many more. */
  settled(count: number): void;
}

export interface Consumers {
  start(): void;
  stop(): Promise<void>;
}

export type OpenSystem = (url: string, name: string) => Promise<QueueSystem>;

const CATALOG = '6f1c1f0e-0000-4000-8000-000000000001';

/** The usual payload: a picture of an import, without facts of its producer. */
export function benchTask(n: number, prefix: string): BenchTask {
  const name = `/mnt/catalog/2026/autumn/${String(n).padStart(8, '0')}.jpg`;
  return {
    id: `${prefix}-${String(n).padStart(8, '0')}-4a1d-9c55-0242ac120002`,
    payload: {
      path: name,
      canonicalName: name,
      imageId: imageIdOf(CATALOG, name),
      sourceId: '0b9a3a0e-6f1c-4c1e-8d4c-2b9c7f0a1d11',
      root: '/mnt/catalog',
      rootName: null,
      inode: 1_000_000 + n,
    },
  };
}

export const BENCH_CATALOG = CATALOG;
