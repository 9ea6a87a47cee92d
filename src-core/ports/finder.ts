import type { Catalog } from '../domain/catalog.ts';
import type { Filter, SearchHit } from '../domain/search.ts';

/** A liked or disliked picture of a query: a file that this machine can read, or one that is stored. */
export type QueryPicture = { path: string } | { imageId: string };

export interface FindRequest {
  /** Name or id of the catalog. */
  catalog: string;
  /** At least one. */
  like: QueryPicture[];
  unlike?: QueryPicture[];
  filter?: Filter;
  limit: number;
  minScore?: number;
}

export interface FindAnswer {
  catalog: Catalog;
  model: string;
  /** From the request to the answer, decoding and embedding included. */
  tookMs: number;
  hits: SearchHit[];
}

/** The query side: embeds query pictures and scans the store. Lives in a process of its own, or in a one-shot command’s. */
export interface Finder {
  find(request: FindRequest): Promise<FindAnswer>;
  thumbnail(path: string, edge: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
