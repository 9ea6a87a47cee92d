import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCollection } from '../../support/qdrant-double/collection.ts';
import { readFilter } from '../../support/qdrant-double/filter-grammar.ts';
import { compareIds } from '../../support/qdrant-double/ids.ts';
import { readIndexSchema } from '../../support/qdrant-double/payload-index.ts';
import type { Payload } from '../../support/qdrant-double/payload-path.ts';

/** Enough points for a scroll to sort the few that an index finds, instead of walking past all. */
const POINTS = 40;

const id = fc.nat(POINTS - 1);
const key = fc.constantFrom('a', 'b');
const scalar = fc.constantFrom<unknown>('x', 'y', 1, 2, true);
const value = fc.oneof(fc.constant(null), scalar, fc.array(scalar, { maxLength: 3 }));
const payload = fc.record({ a: value, b: value }, { requiredKeys: [] });
const texts = fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 2 });
const numbers = fc.array(fc.constantFrom(1, 2), { maxLength: 2 });

const simple = fc.oneof(
  fc.record({ key, match: fc.record({ value: fc.constantFrom<unknown>('x', 1, true) }) }),
  fc.record({ key, match: fc.record({ any: fc.oneof(texts, numbers) }) }),
  fc.record({ key, match: fc.record({ except: texts }) }),
  fc.record({ key, range: fc.record({ gte: fc.constant(2) }) }),
  fc.record({ is_empty: fc.record({ key }) }),
  fc.record({ has_id: fc.array(id, { maxLength: 8 }) }),
);
const { filter } = fc.letrec<{ filter: unknown; condition: unknown }>((tie) => ({
  condition: fc.oneof({ maxDepth: 2, depthSize: 'small' }, simple, tie('filter')),
  filter: fc.record(
    {
      must: fc.array(tie('condition'), { maxLength: 3 }),
      should: fc.array(tie('condition'), { maxLength: 3 }),
      must_not: fc.array(tie('condition'), { maxLength: 2 }),
      min_should: fc.record({ conditions: fc.array(tie('condition'), { maxLength: 3 }), min_count: fc.nat(2) }),
    },
    { requiredKeys: [] },
  ),
}));
const kind = fc.constantFrom('keyword', 'integer', 'bool', 'float');
const first = fc.array(payload, { minLength: POINTS, maxLength: POINTS });
const changes = fc.array(fc.record({ id, payload: fc.option(payload, { freq: 2 }) }), { maxLength: 20 });
const indexes = fc.array(fc.tuple(key, kind), { minLength: 1, maxLength: 4 });

test('payload indexes and the order of ids change no answer, whatever was written and deleted', () => {
  fc.assert(
    fc.property(first, changes, filter, indexes, id, (first, changes, given, indexes, from) => {
      const manner = { strict: true, unawaitedMs: 0 };
      const [plain, indexed] = [createCollection({}, manner), createCollection({}, manner)];
      const createIndexes = (some: typeof indexes): void => {
        for (const [field, schema] of some) indexed.createIndex(field, readIndexSchema(schema));
      };
      const change = (id: number, payload: Payload | null): void => {
        for (const collection of [plain, indexed]) {
          if (payload) collection.put(id, 1, { payload, dense: {}, sparse: {} });
          else collection.remove(id);
        }
      };

      createIndexes(indexes.slice(1));
      for (const [id, payload] of first.entries()) change(id, payload);
      for (const { id, payload } of changes) {
        indexed.points.inOrder();
        change(id, payload);
      }
      createIndexes(indexes.slice(0, 1));

      const wanted = readFilter(given, 'filter');
      const expected = [...plain.matching(wanted)].map(({ id }) => id).toSorted(compareIds);
      expect([...indexed.matching(wanted)].map(({ id }) => id).toSorted(compareIds)).toEqual(expected);
      expect([...indexed.scroll(wanted, null)].map(({ id }) => id)).toEqual(expected);
      const after = expected.filter((id) => compareIds(id, from) >= 0);
      expect([...indexed.scroll(wanted, from)].map(({ id }) => id)).toEqual(after);
    }),
    { numRuns: 2_000 },
  );
});
