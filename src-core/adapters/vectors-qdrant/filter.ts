import type { Schemas } from '@qdrant/js-client-rest';
import { checkFilter, isMetadata } from '../../domain/check-filter.ts';
import { type Condition, FILTER_FIELDS, type Filter } from '../../domain/search.ts';
import { encodeFact, factPath } from './facts.ts';
import { isPointId } from './ids.ts';
import { startOf } from './start-of.ts';

export type QdrantFilter = Schemas['Filter'];
export type QdrantCondition = Schemas['Condition'];
type Test = Exclude<Condition, { exists: boolean }>;

/** What a filter asks for, exactly, as Qdrant's conditions, all of which must hold. Throws INVALID_INPUT. */
export function toConditions(filter: Filter | undefined): QdrantCondition[] {
  return checkFilter(filter ?? []).map(toCondition);
}

/** What is true of no point. */
export const NOTHING: QdrantCondition = { key: 'version', match: { any: [] } };

export function hasId(ids: readonly string[]): QdrantCondition {
  const known = ids.filter(isPointId);
  return known.length > 0 ? { has_id: known } : NOTHING;
}

function toCondition(condition: Condition): QdrantCondition {
  if ('exists' in condition) {
    const empty: QdrantCondition = { is_empty: { key: existsKey(condition.field) } };
    return condition.exists ? negated(empty) : empty;
  }
  const found = isMetadata(condition.field)
    ? metadataTest(condition.field.slice('metadata.'.length), condition)
    : fieldTest(condition);
  return condition.not ? negated(found) : found;
}

/** What a condition is not true of, a missing value included. */
function negated(condition: QdrantCondition): QdrantCondition {
  return { must_not: [condition] };
}

function existsKey(field: Condition['field']): string {
  if (isMetadata(field)) return factPath(field.slice('metadata.'.length), 'values');
  return field === 'imageId' ? 'start_imageId' : field;
}

function fieldTest(test: Test): QdrantCondition {
  const { field } = test;
  if ('range' in test) return { key: field, range: test.range };
  if ('prefix' in test) return field === 'canonicalName' ? folderTest(test.prefix) : startTest(field, test.prefix);
  if (field === 'imageId') return hasId(test.anyOf as string[]);
  if (!isMetadata(field) && FILTER_FIELDS[field] === 'number') return anyNumber(field, test.anyOf as number[]);
  return { key: field, match: { any: test.anyOf as string[] } };
}

function metadataTest(key: string, test: Test): QdrantCondition {
  if ('range' in test) return { key: factPath(key, 'numbers'), range: test.range };
  const values = factPath(key, 'values');
  if ('prefix' in test) return { key: values, match: { text: startOf(test.prefix) } };
  return { key: values, match: { any: test.anyOf.map(encodeFact) } };
}

function startTest(field: string, prefix: string): QdrantCondition {
  return { key: `start_${field}`, match: { text: startOf(prefix) } };
}

/** By the index of folders as far as that goes: a whole folder is what people ask for. */
function folderTest(prefix: string): QdrantCondition {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const within: QdrantCondition = { key: 'folders', match: { value: folder } };
  if (folder === prefix) return within;
  const start = startTest('canonicalName', prefix);
  return folder === '' ? start : { must: [within, start] };
}

/** As ranges: a match takes no fraction, and does not use an index of such numbers. */
function anyNumber(key: string, values: readonly number[]): QdrantCondition {
  return { should: values.map((value) => ({ key, range: { gte: value, lte: value } })) };
}
