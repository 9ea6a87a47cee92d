import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';

/** Where a catalog is copied from: a store, or the folder of a backup. */
export interface CopySource {
  /** What people call it: “Qdrant at http://…”. */
  readonly title: string;
  readonly catalog: Catalog;
  /** Records that there are now. */
  count(): Promise<number>;
  /** Those after this image id, in the order of the ids; all of them after null. */
  pages(after: string | null): AsyncGenerator<StoredImage[]>;
}

/** Where it is copied to. */
export interface CopyTarget {
  readonly title: string;
  /** An earlier copy that did not come to its end has written `records` records, up to this id; null: begin at the first. */
  readonly resumes: { after: string; records: number } | null;
  /** Pages that may be written at a time. */
  readonly lanes: number;
  /** In the order of the pages where there is one lane. */
  write(images: readonly StoredImage[]): Promise<Written>;
  /** This run has no more to write: what it has written is kept for good when this resolves, and can be searched. */
  seal(): Promise<void>;
  count(): Promise<number>;
  /** Those of these ids that are kept, as anybody would read them. */
  get(imageIds: readonly string[]): Promise<StoredImage[]>;
  /** The source was found to hold something else: the next copy takes nothing on trust. */
  distrust(): Promise<void>;
  /** All of it is there, and was compared. */
  complete(): Promise<void>;
}

export interface Written {
  copied: number;
  /** Ids of pictures that the target has in a newer version, which stays. */
  keptNewer: readonly string[];
}

/** Records read, compared and written in one go. */
export const PAGE = 500;
