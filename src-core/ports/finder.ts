import type { Catalog } from '../domain/catalog.ts';
import type { PairsPage } from '../domain/duplicates.ts';
import type { ProviderFigure } from '../domain/provider.ts';
import type { ReEmbedAnswer } from '../domain/re-embedding.ts';
import type { Filter, FoundHit, Region } from '../domain/search.ts';

/** A liked or disliked picture of a query: a file that this machine can read, or a part of it, or one that is stored. */
export type QueryPicture = { path: string; region?: Region } | { imageId: string };

export interface FindRequest {
  /** Name or id of the catalog. */
  catalog: string;
  /** May be empty where there is a text. */
  like: QueryPicture[];
  /** Needs a like. */
  unlike?: QueryPicture[];
  /**
   * Words that a hit has (domain/words.ts), or, where the catalog's model has a text side, what it shows. What these and a
   * like find is joined by its ranks.
   */
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

export interface PairsRequest {
  catalogId: string;
  minScore: number;
  /** The `next` of the step before. */
  cursor?: string;
}

/** The query side: embeds query pictures and scans the store. Lives in a process of its own, or in a one-shot command’s. */
export interface Finder {
  find(request: FindRequest): Promise<FindAnswer>;
  /** One step, as the store's (ports/vector-store.ts); searches get through between two. */
  similarPairs(request: PairsRequest): Promise<PairsPage>;
  /**
   * One step of a catalog's way to another model (ports/successions.ts), at most `limit` pictures. Throws NOT_FOUND where none
   * has begun, MODEL_NOT_FOUND, MODEL_INVALID.
   */
  reEmbed(catalogId: string, limit: number): Promise<ReEmbedAnswer>;
  /** What each execution provider of this machine gives with the model of the settings. Throws MODEL_NOT_FOUND, MODEL_INVALID. */
  measureProviders(): Promise<ProviderFigure[]>;
  thumbnail(path: string, edge: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
