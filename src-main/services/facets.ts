import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Catalog } from '../../src-core/domain/catalog.ts';
import { parseField, parseFilter } from '../../src-core/domain/parse-filter.ts';
import type { Filter } from '../../src-core/domain/search.ts';
import { FILE_SIZE_CLASSES, type SizeClass, sizeTexts, WIDTH_CLASSES } from '../../src-core/domain/size-classes.ts';
import { quoteValue } from '../../src-core/domain/value-list.ts';
import type { ImportLog } from '../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';

/** A value with its count, and the conditions that choose it; null where none can be written, as the field's name has a sign of them. */
export interface Facet {
  value: string | number | boolean;
  count: number;
  filter: string[] | null;
}

export interface Facets {
  /**
   * Of a field of records, or `year` (taken), `size` (by width), `file_size` or `folder` (that was imported from), under a
   * filter; what nothing has is left out. The most frequent first; years (the newest first) and sizes in their order. Throws INVALID_INPUT.
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

export function createFacets({ store, log, namer }: Deps, now: () => Date = () => new Date()): Facets {
  async function counted(catalogId: string, choices: readonly [string, string[]][], filter: Filter): Promise<Facet[]> {
    const nameOf = await namer();
    const facets: Facet[] = [];
    for (const [value, texts] of choices) {
      const count = await store.count(catalogId, [...filter, ...parseFilter(texts, nameOf)]);
      if (count > 0) facets.push({ value, count, filter: texts });
      await nextTurn(); // the store may count without letting others in
    }
    return facets;
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
    return sources.flatMap(({ kind, path }) => (kind === 'folder' ? [[path, [`folder=${quoteValue(path)}`]]] : []));
  }

  return {
    async of({ id }, field, limit, filter) {
      if (field === 'year') return (await counted(id, years(), filter)).slice(0, limit);
      if (field === 'size') return (await counted(id, classes('width', WIDTH_CLASSES), filter)).slice(0, limit);
      if (field === 'file_size')
        return (await counted(id, classes('bytes', FILE_SIZE_CLASSES), filter)).slice(0, limit);
      if (field === 'folder') {
        const found = await counted(id, await folders(id), filter);
        return found.toSorted((a, b) => b.count - a.count).slice(0, limit);
      }
      const facets = await store.facets(id, parseField(field), limit, filter);
      return facets.map((facet) => ({ ...facet, filter: chooses(field, facet.value) }));
    },
  };
}

function classes(field: 'width' | 'bytes', all: Record<string, SizeClass>): [string, string[]][] {
  return Object.entries(all).map(([name, size]) => [name, sizeTexts(field, size)]);
}

function chooses(field: string, value: Facet['value']): string[] | null {
  return /[=<>!]|^\s|\s$/.test(field) ? null : [`${field}=${quoteValue(String(value))}`];
}
