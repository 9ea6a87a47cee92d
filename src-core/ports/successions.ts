import type { DuePicture, Embedded, Succession } from '../domain/re-embedding.ts';

export interface Failure {
  imageId: string;
  canonicalName: string;
  path: string;
  code: string;
  message: string;
}

/**
 * Catalogs that go over to another model. From `begin` on, whatever is written to such a catalog, changed or deleted in it,
 * by any process, is due in its new vectors too; nothing of that is lost when processes die. Verbs but `begin` and `get` throw
 * NOT_FOUND where none has begun.
 */
export interface Successions {
  /**
   * Goes on where the same has begun before; what failed then is due again. Throws CONFLICT for the model that the catalog
   * has, or while it goes over to another one.
   */
  begin(catalogId: string, to: { model: string; dimension: number }): Promise<Succession>;
  get(catalogId: string): Promise<Succession | null>;
  /**
   * Some of the pictures that are due, at most `limit`. What needs no model is done on the way: what was deleted, records
   * that changed, bytes that have a new vector already. None: none is due, as of now.
   */
  due(catalogId: string, limit: number): Promise<DuePicture[]>;
  /** A picture that has changed since it was `due` stays so. */
  settle(catalogId: string, embedded: readonly Embedded[]): Promise<void>;
  /** Ordered by image id. `limit` 1–1,000. */
  failures(catalogId: string, limit: number, after?: string): Promise<Failure[]>;
  /**
   * The new vectors become the catalog's, at once and for all: false, and nothing is changed, while any picture is due.
   * The old ones go on as the catalog `keepAs`, or are dropped where it is null. `leaveOut` is the number of pictures
   * that failed, which the catalog will lack: CONFLICT for another number, or a name that is taken.
   */
  finish(catalogId: string, how: { keepAs: string | null; leaveOut: number }): Promise<boolean>;
  /** The new vectors are dropped; the catalog is as if nothing had begun. */
  cancel(catalogId: string): Promise<void>;
}
