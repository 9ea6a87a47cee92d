import type { Catalog } from '../domain/catalog.ts';
import type { Filter, FoundHit } from '../domain/search.ts';

/** A liked or disliked picture of a query: a file that this machine can read, or one that is stored. */
export type QueryPicture = { path: string } | { imageId: string };

export interface FindRequest {
  /** Name or id of the catalog. */
  catalog: string;
  /** May be empty where there is a text. */
  like: QueryPicture[];
  /** Needs a like. */
  unlike?: QueryPicture[];
  /** Words that a hit must have (domain/words.ts). With a like too, what either finds is joined by its ranks. */
  text?: string;
  filter?: Filter;
  /** 1–1000. */
  limit: number;
  /** Of the ranking by pictures; needs a like. */
  minScore?: number;
}

export interface FindAnswer {
  catalog: Catalog;
  model: string;
  /** From the request to the answer, decoding and embedding included. */
  tookMs: number;
  /** Best first. The pictures of the query are not among them. */
  hits: FoundHit[];
}

/** The query side: embeds query pictures and scans the store. Lives in a process of its own, or in a one-shot command’s. */
export interface Finder {
  find(request: FindRequest): Promise<FindAnswer>;
  thumbnail(path: string, edge: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
