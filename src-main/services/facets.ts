import type { Catalog } from '../../src-core/domain/catalog.ts';
import { parseField, parseFilter } from '../../src-core/domain/parse-filter.ts';
import type { Filter } from '../../src-core/domain/search.ts';
import type { ImportLog } from '../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';

/** A value with its count, and the conditions that choose it; null where none can be written. */
export interface Facet {
  value: string | number | boolean;
  count: number;
  filter: string[] | null;
}

export interface Facets {
  /**
   * Of a field of records, or `year` (taken), `size` (by width) or `folder` (that was imported from), under a filter; what
   * nothing has is left out. The most frequent first; years (the newest first) and sizes in their order. Throws INVALID_INPUT.
   */
  of(catalog: Catalog, field: string, limit: number, filter: Filter): Promise<Facet[]>;
}

interface Deps {
  store: Pick<VectorStore, 'facets' | 'count'>;
  log: Pick<ImportLog, 'sources'>;
  /** Names a folder as the store does. */
  namer: () => Promise<(folder: string) => string>;
}

/** Counted one by one: the store need not look at every record for it. */
const FIRST_YEAR = 1990;
const SIZES = [
  ['tiny', 0, 256],
  ['small', 256, 1_024],
  ['medium', 1_024, 2_048],
  ['large', 2_048, 4_096],
  ['huge', 4_096, null],
] as const;

export function createFacets({ store, log, namer }: Deps, now: () => Date = () => new Date()): Facets {
  async function counted(catalogId: string, choices: readonly [string, string[]][], filter: Filter): Promise<Facet[]> {
    const nameOf = await namer();
    const facets = await Promise.all(
      choices.map(async ([value, texts]) => {
        const count = await store.count(catalogId, [...filter, ...parseFilter(texts, nameOf)]);
        return { value, count, filter: texts };
      }),
    );
    return facets.filter(({ count }) => count > 0);
  }

  function years(): [string, string[]][] {
    const last = now().getUTCFullYear();
    const each = Array.from({ length: last - FIRST_YEAR + 1 }, (_, n): [string, string[]] => {
      return [String(last - n), [`captured_at=${last - n}`]];
    });
    return [...each, [`before ${FIRST_YEAR}`, [`captured_at<${FIRST_YEAR}`]]];
  }

  async function folders(catalogId: string): Promise<[string, string[]][]> {
    const sources = await log.sources(catalogId);
    return sources.flatMap(({ kind, path }) => (kind === 'folder' ? [[path, [`folder=${path}`]]] : []));
  }

  return {
    async of({ id }, field, limit, filter) {
      if (field === 'year') return (await counted(id, years(), filter)).slice(0, limit);
      if (field === 'size') {
        const choices = SIZES.map(([name, from, to]): [string, string[]] => [
          name,
          [`width>=${from}`, ...(to === null ? [] : [`width<${to}`])],
        ]);
        return (await counted(id, choices, filter)).slice(0, limit);
      }
      if (field === 'folder') {
        const found = await counted(id, await folders(id), filter);
        return found.toSorted((a, b) => b.count - a.count).slice(0, limit);
      }
      const facets = await store.facets(id, parseField(field), limit, filter);
      return facets.map((facet) => ({ ...facet, filter: chooses(field, facet.value) }));
    },
  };
}

/** A comma parts values, and a star is any end. */
function chooses(field: string, value: Facet['value']): string[] | null {
  const text = String(value);
  return /[,*]|^\s|\s$|^$/.test(text) ? null : [`${field}=${text}`];
}
