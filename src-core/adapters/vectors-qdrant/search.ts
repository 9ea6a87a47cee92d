import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { combineExamples, type Example, normalise } from '../../domain/search.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import type { Connection } from './connection.ts';
import { type QdrantCondition, toConditions } from './filter.ts';
import { RECORD_FIELDS, toRecord } from './payload.ts';
import type { Place, Places } from './places.ts';
import { pageSize, readStored } from './reads.ts';

const queryNumbers = z.object({ limit: pageSize, minScore: z.number().min(-1).max(1).optional() });

/** A score that equals the least one asked for may come out a little under it. */
const FLOAT_ERROR = 1e-6;

/** Always with rescoring: by the small codes alone every tenth of the best ten is another (recall 0.90 against 0.999). */
const RESCORED = { quantization: { rescore: true, oversampling: 2 } };

/** What to say beside a query of a collection that was made so. */
export function rescoring(quantization: 'int8' | 'none') {
  return quantization === 'int8' ? { params: RESCORED } : {};
}

export function createSearch(
  connection: Connection,
  places: Places,
  quantization: 'int8' | 'none',
): Pick<VectorStore, 'search'> {
  return {
    async search(query) {
      parseOrThrow(queryNumbers, query, 'search');
      if (query.like.length === 0) {
        throw new AppError('INVALID_INPUT', 'search: needs at least one picture to be like');
      }
      const must = toConditions(query.filter);
      return places.within(query.catalogId, async (place) => {
        const { alias } = place;
        const stored = await readExamples(connection, place, [...query.like, ...(query.unlike ?? [])]);
        const vectorOf = (example: Example): Float32Array =>
          'vector' in example ? queryVector(place.catalog, example.vector) : stored.get(example.imageId)!;
        const vector = combineExamples(query.like.map(vectorOf), (query.unlike ?? []).map(vectorOf));
        const examples: QdrantCondition[] = stored.size > 0 ? [{ has_id: [...stored.keys()] }] : [];

        const least = query.minScore === undefined ? null : query.minScore - FLOAT_ERROR;
        const { points } = await connection.send(alias, (client) =>
          client.query(alias, {
            query: Array.from(vector),
            filter: { must, must_not: examples },
            limit: query.limit,
            with_payload: RECORD_FIELDS,
            ...rescoring(quantization),
            // The server leaves out what equals its threshold.
            ...(least === null ? {} : { score_threshold: least - FLOAT_ERROR }),
          }),
        );
        return points
          .filter(({ score }) => least === null || score >= least)
          .map(({ id, payload, score }) => ({
            record: toRecord(payload, id),
            score: Math.max(-1, Math.min(1, score)),
          }));
      });
    },
  };
}

/** The vectors of the examples that are stored pictures, by id. Throws NOT_FOUND for one that is not. */
async function readExamples(
  connection: Connection,
  { alias, catalog }: Place,
  examples: readonly Example[],
): Promise<Map<string, Float32Array>> {
  const ids = examples.flatMap((example) => ('imageId' in example ? [example.imageId] : []));
  const found = new Map(
    (await readStored(connection, alias, ids)).map(({ record, vector }) => [record.imageId, vector]),
  );
  const missing = ids.find((id) => !found.has(id));
  if (missing === undefined) return found;
  throw new AppError('NOT_FOUND', `the catalog “${catalog.name}” has no picture with the id ${missing}`);
}

/** Of unit length. Throws DIMENSION_MISMATCH, INVALID_INPUT. */
function queryVector(catalog: Catalog, vector: Float32Array): Float32Array {
  if (vector.length !== catalog.dimension) {
    throw new AppError(
      'DIMENSION_MISMATCH',
      `the catalog “${catalog.name}” holds vectors of ${catalog.dimension} numbers; the query has ${vector.length}`,
    );
  }
  if (!vector.every(Number.isFinite)) {
    throw new AppError('INVALID_INPUT', 'search: the query’s vector holds a number that is not finite');
  }
  return normalise(vector.slice());
}
