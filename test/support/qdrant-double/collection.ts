import { changeConfig, type CollectionConfig, createConfig, vectorsByName } from './collection-config.ts';
import { candidatesOf } from './candidates.ts';
import { createDenseMemory } from './dense-memory.ts';
import type { Filter } from './filter-grammar.ts';
import { compileFilter } from './filter-match.ts';
import { compareIds, type PointId } from './ids.ts';
import { createPayloadIndex, type IndexSchema, type PayloadIndex } from './payload-index.ts';
import { parsePath } from './payload-path.ts';
import { createPoints, type Point } from './points.ts';
import { wrongInput } from './refusal.ts';
import { createSparseIndex } from './sparse-index.ts';

/** How a double differs from a real server. */
export interface Manner {
  /** Refuses fields that it does not know. */
  strict: boolean;
  /** How long a write waits that does not say `wait=true`. */
  unawaitedMs: number;
}

export type Collection = ReturnType<typeof createCollection>;
export type Change = Pick<Point, 'payload' | 'dense' | 'sparse'>;

/** Points with their indexes, all in memory; nothing outlives the process. */
export function createCollection(body: unknown, { strict, unawaitedMs }: Manner) {
  let config = createConfig(body, strict);
  const dense = vectorsByName(config.params.vectors);
  const memory = Object.fromEntries(Object.entries(dense).map(([name, { size }]) => [name, createDenseMemory(size)]));
  const points = createPoints();
  const indexes = new Map<string, PayloadIndex>();
  const sparse = new Map(
    Object.entries(config.params.sparse_vectors ?? {}).map(([name, { modifier }]) => [
      name,
      createSparseIndex(name, modifier === 'idf'),
    ]),
  );
  let operation = 0;
  let unawaited: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;

  const keepers = (): { add(point: Point): void; remove(point: Point): void }[] => [
    ...indexes.values(),
    ...sparse.values(),
  ];

  /** Writes are applied in the order in which they were accepted. */
  function applyUnawaited(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const apply of unawaited.splice(0)) apply();
  }

  return {
    dense,
    memory,
    points,
    indexes,
    sparse,
    get config(): CollectionConfig {
      return config;
    },
    change(body: unknown): void {
      config = changeConfig(config, body, strict);
    },

    /**
     * Runs a write that has passed the checks of its form and answers with its number. Without `wait` it is only
     * acknowledged: it is applied later, and what is refused then is lost without a word.
     */
    write(wait: boolean, apply: (operation: number) => void) {
      const id = ++operation;
      if (wait) {
        applyUnawaited();
        apply(id);
        return { operation_id: id, status: 'completed' };
      }
      unawaited.push(() => {
        try {
          apply(id);
        } catch {
          // As on a real server: nobody is told.
        }
      });
      timer ??= setTimeout(applyUnawaited, unawaitedMs);
      return { operation_id: id, status: 'acknowledged' };
    },

    /** Making or dropping an index takes two numbers. */
    skipOperation(): void {
      operation++;
    },

    put(id: PointId, version: number, change: Change): void {
      const known = points.get(id);
      const point: Point = known ?? { id, version, ...change };
      if (known) for (const keeper of keepers()) keeper.remove(known);
      else points.add(point);
      Object.assign(point, change, { version });
      for (const keeper of keepers()) keeper.add(point);
    },

    remove(id: PointId): void {
      const point = points.get(id);
      if (!point) return;
      for (const keeper of keepers()) keeper.remove(point);
      points.delete(id);
    },

    /** In no order. */
    *matching(filter: Filter | null): Iterable<Point> {
      const test = filter && compileFilter(filter, indexes);
      const found = filter && candidatesOf(filter, points, indexes);
      for (const point of found ?? points.all()) if (!test || test(point)) yield point;
    },

    /** In the order of their ids, from this id on. */
    *scroll(filter: Filter | null, from: PointId | null): Iterable<Point> {
      const test = filter && compileFilter(filter, indexes);
      const found = filter && candidatesOf(filter, points, indexes);
      // Sorting some is cheaper than a walk past all; sorting many for each page is not.
      const few = found && found.size < points.size / 16;
      const walk = few ? [...found].toSorted((a, b) => compareIds(a.id, b.id)) : points.from(from);
      for (const point of walk) {
        if (few && from !== null && compareIds(point.id, from) < 0) continue;
        if (!test || ((few || !found || found.has(point)) && test(point))) yield point;
      }
    },

    createIndex(field: string, schema: IndexSchema): void {
      const path = parsePath(field);
      if (!path) throw wrongInput(`Invalid JSON path ${field}`);
      const index = createPayloadIndex(schema, path);
      for (const point of points.inOrder()) index.add(point);
      indexes.set(field, index);
    },

    /** What is acknowledged and not yet applied is dropped with the collection. */
    close(): void {
      clearTimeout(timer);
      unawaited = [];
    },

    info() {
      const schema = [...indexes].map(([field, { kind, schema: params, size }]) => [
        field,
        { data_type: kind, ...(typeof params === 'object' && { params }), points: size },
      ]);
      return {
        status: 'green',
        optimizer_status: 'ok',
        indexed_vectors_count: 0,
        points_count: points.size,
        segments_count: 2,
        config,
        payload_schema: Object.fromEntries(schema),
      };
    },
  };
}
